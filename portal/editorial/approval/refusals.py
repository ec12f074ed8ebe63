"""Shows refusals of the publication gate as messages in the administration."""

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import Page

from portal.core.publication import PublicationRefusedError
from portal.editorial.approval.checklist_views import incomplete_message
from portal.editorial.approval.completeness import IncompleteError
from portal.editorial.approval.review import StaleReviewError


def show_refusal(
    request: HttpRequest, refusal: PublicationRefusedError, about: Page | None = None, *, is_above_list: bool = False
) -> None:
    """Add one error message with all reasons, and a link to the comparison for a stale review.

    It begins with the title of what it is `about`, where that is one page of several. `is_above_list` says that what is
    missing is listed right below the message.
    """
    buttons = []
    if isinstance(refusal, StaleReviewError):
        buttons.append(messages.button(refusal.compare_url, _("See what changed")))
    is_listed = is_above_list and isinstance(refusal, IncompleteError)
    text = refusal.reasons[0] if is_listed else _in_words(refusal)
    if about:
        text = format_html("{}: {}", about.get_admin_display_title(), text)
    messages.error(request, text, buttons=buttons)


def _in_words(refusal: PublicationRefusedError) -> str:
    return incomplete_message(refusal) if isinstance(refusal, IncompleteError) else " ".join(refusal.reasons)
