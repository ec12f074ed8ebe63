"""Who asks for a review, in words: a person, or the calendar that an event came by."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from portal.editorial.people import name_of


def who_asks(page: Page, person: Any) -> Any:
    """Name `person`, who submitted the page; a draft that a subscribed calendar brought is asked for by the calendar.

    A page type whose drafts come from elsewhere has `source_of_draft`: the name of the source and its owner, or None.
    """
    find = getattr(page, "source_of_draft", None)
    source = find() if find else None
    if source:
        name, owner = source
        if person is None:
            return format_lazy(_("The calendar “{source}”"), source=name)
        if person == owner:
            return format_lazy(_("The calendar “{source}”, subscribed by {name},"), source=name, name=name_of(owner))
    return name_of(person) or _("The newsroom")
