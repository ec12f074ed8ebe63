"""Names who requested a review: a person, or the calendar that an event was imported from."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PageLogEntry, WorkflowState

from portal.accounts.names import name_of
from portal.editorial.people import may_edit_page


def requester_name(page: Page, person: Any, *, has_submitted: bool = False) -> Any:
    """The name of `person`, who submitted the page, or of the calendar that the draft was imported from.

    Page types with imported drafts have `source_of_draft`: the source's name and owner, or None. `has_submitted` means
    that the person submitted an imported draft themselves.
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


def requester_now(page: Page, review: WorkflowState) -> Any:
    """The person who requested a review. If that person has left, the owner, who took over the page."""
    person = review.requested_by
    return person if person is None or (person.is_active and may_edit_page(page, person)) else page.owner


def requester_of(page: Page, review: WorkflowState) -> Any:
    """The name of the person who requested a review or resubmitted the page.

    Reviews of imported events have the calendar's owner as `requested_by`; only the log records who made each
    submission.
    """
    sendings = PageLogEntry.objects.filter(
        page=page.pk,
        action__in=["wagtail.workflow.start", "wagtail.workflow.resume"],
        timestamp__gte=review.created_at,
    )
    last = sendings.order_by("timestamp", "pk").last()
    return requester_name(page, review.requested_by, has_submitted=last is not None and last.user_id is not None)
