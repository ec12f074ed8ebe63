"""Who asks for a review, in words: a person, or the calendar that an event came by."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PageLogEntry, WorkflowState

from portal.accounts.names import name_of


def requester_name(page: Page, person: Any, *, has_submitted: bool = False) -> Any:
    """Name `person`, who submitted the page; a draft that a subscribed calendar brought is asked for by the calendar.

    A page type whose drafts come from elsewhere has `source_of_draft`: the name of the source and its owner, or None.
    If the person `has_submitted` the draft with their own hands, it is they who ask.
    """
    find = getattr(page, "source_of_draft", None)
    source = find() if find else None
    if source:
        name, owner = source
        if person is None:
            return format_lazy(_("The calendar “{source}”"), source=name)
        if person == owner and not has_submitted:
            return format_lazy(_("The calendar “{source}”, subscribed by {name},"), source=name, name=name_of(owner))
    return name_of(person) or _("The newsroom")


def requester_of(page: Page, review: WorkflowState) -> Any:
    """Name who asked for this review, or sent the page once more after it came back.

    Both the calendar and its owner ask in the name of the owner; the history knows whose hands did it.
    """
    sendings = PageLogEntry.objects.filter(
        page=page.pk,
        action__in=["wagtail.workflow.start", "wagtail.workflow.resume"],
        timestamp__gte=review.created_at,
    )
    last = sendings.order_by("timestamp", "pk").last()
    return requester_name(page, review.requested_by, has_submitted=last is not None and last.user_id is not None)
