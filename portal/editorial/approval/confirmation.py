"""Asks for confirmation of approvals that cannot be undone, for example because they send mail to many people.

An app appends a function to `confirmations`, and to the publication gate a rule that raises `ConfirmationNeededError`
outside `confirmed`. The views then redirect to a page that asks for confirmation.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.models import Page, TaskState

from portal.content.publication import PublicationRefusedError
from portal.editorial.approval.review import StaleReviewError, compare_url, content_hash_of

SESSION_KEY = "to_be_confirmed"


@dataclass(frozen=True)
class NeededConfirmation:
    """`label` is the button's text; `mode` is the preview mode that shows the email."""

    label: str
    mode: str


# Each function receives a page's latest draft.
confirmations: list[Callable[[Page], NeededConfirmation | None]] = []
_confirmed: ContextVar[int | None] = ContextVar("confirmed_revision", default=None)


class ConfirmationNeededError(PublicationRefusedError):
    """`url` is the page that asks for confirmation and then performs the action stored in the session."""

    def __init__(self, reason: str, url: str):
        super().__init__(reason)
        self.url = url


def needed_confirmation(draft: Page) -> NeededConfirmation | None:
    return next((found for needed in confirmations if (found := needed(draft))), None)


@contextmanager
def confirmed(revision_pk: int) -> Iterator[None]:
    """Within this context, the revision can be published without further confirmation."""
    token = _confirmed.set(revision_pk)
    try:
        yield
    finally:
        _confirmed.reset(token)


def is_confirmed(revision_pk: int) -> bool:
    return _confirmed.get() == revision_pk


def store_approval(request: HttpRequest, state: TaskState, seen: str, comment: str) -> None:
    """Store an approval in the session until it is confirmed."""
    act = {"page": state.revision.object_id, "state": state.pk, "seen": seen, "comment": comment}
    request.session[SESSION_KEY] = act


def store_publication(request: HttpRequest, page: Page) -> None:
    latest = Page.objects.get(pk=page.pk).latest_revision
    request.session[SESSION_KEY] = {"page": str(page.pk), "seen": content_hash_of(latest)}


def stored_act(request: HttpRequest, page: Page) -> dict[str, Any] | None:
    act = request.session.get(SESSION_KEY)
    return act if act and act["page"] == str(page.pk) else None


def perform(request: HttpRequest, page: Page, act: dict[str, Any]) -> None:
    """Perform the stored action; all rules apply. Raises `PublicationRefusedError`."""
    latest = page.latest_revision
    with confirmed(latest.pk):
        if "state" in act:
            state = TaskState.objects.select_related("revision").filter(pk=act["state"]).first()
            if state is None:
                raise PublicationRefusedError(_("This review has already ended."))
            # Wagtail's tasks do not check the content hash.
            if act["seen"] and act["seen"] != content_hash_of(latest):
                raise StaleReviewError(compare_url(page, state.revision, latest))
            state.task.specific.on_action(state, request.user, "approve", comment=act["comment"])
        elif act["seen"] != content_hash_of(latest):
            raise StaleReviewError(compare_url(page, latest, latest))
        else:
            page.publish(latest, user=request.user)
    del request.session[SESSION_KEY]
