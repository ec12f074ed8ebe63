"""Shows the publication gate's refusals as newsroom messages, including those of bulk actions."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.views.pages.bulk_actions.publish import PublishBulkAction
from wagtail.models import Page

from portal.content.publication import PublicationRefusedError
from portal.editorial.approval.checklist_views import incomplete_message, message_above_list
from portal.editorial.approval.completeness import IncompleteError
from portal.editorial.approval.permissions import reason_against_publishing
from portal.editorial.approval.review import StaleReviewError


class SeveralRefusedError(PublicationRefusedError):
    """No page was changed because of these `refusals`, each with the name of its page."""

    def __init__(self, reason: str, refusals: Sequence[tuple[str, PublicationRefusedError]]):
        super().__init__(reason)
        self.refusals = refusals


def show_refusal(
    request: HttpRequest,
    refusal: PublicationRefusedError,
    about: Page | str | None = None,
    *,
    is_above_list: bool = False,
) -> None:
    """Add one error message with all reasons. For a stale review it links to the comparison.

    With `about`, it begins with that page's title. With `is_above_list`, it only links to the first missing item,
    because the page lists all of them below the message. Several refusals become one message each.
    """
    if isinstance(refusal, SeveralRefusedError):
        messages.error(request, refusal.reasons[0])
        for name, each in refusal.refusals:
            show_refusal(request, each, about=name)
        return
    buttons = []
    if isinstance(refusal, StaleReviewError):
        buttons.append(messages.button(refusal.compare_url, _("See what changed")))
    text = _in_words(refusal, is_above_list=is_above_list)
    if about:
        text = format_html("{}: {}", about if isinstance(about, str) else about.get_admin_display_title(), text)
    messages.error(request, text, buttons=buttons)


def _in_words(refusal: PublicationRefusedError, *, is_above_list: bool) -> str:
    if isinstance(refusal, IncompleteError):
        return message_above_list(refusal) if is_above_list else incomplete_message(refusal)
    return " ".join(refusal.reasons)


class PortalPublishBulkAction(PublishBulkAction):
    """Shows the reason for each refused page, and the people who can publish it."""

    template_name = "editorial/publish_several.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        for entry in context["items_with_no_access"]:
            entry["reason"] = reason_against_publishing(entry["item"], self.request.user)
        return context

    def prepare_action(self, objects: Sequence[Page], objects_without_access: dict[str, Any]) -> HttpResponse | None:
        for page in objects_without_access["items_with_no_access"]:
            reason = reason_against_publishing(page, self.request.user)
            show_refusal(self.request, PublicationRefusedError(reason), about=page)
        return None if objects else redirect(self.next_url)

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> Any:
        # Refused pages already have their messages.
        published = num_parent_objects + num_child_objects
        return super().get_success_message(num_parent_objects, num_child_objects) if published else None
