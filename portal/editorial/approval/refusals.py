"""Shows refusals of the publication gate as messages in the administration."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.admin import messages

from portal.core.publication import PublicationRefusedError
from portal.editorial.approval.checklist_views import incomplete_message
from portal.editorial.approval.completeness import IncompleteError
from portal.editorial.approval.review import StaleReviewError


def show_refusal(request: HttpRequest, refusal: PublicationRefusedError) -> None:
    """Add one error message with all reasons, and a link to the comparison for a stale review."""
    buttons = []
    if isinstance(refusal, StaleReviewError):
        buttons.append(messages.button(refusal.compare_url, _("See what changed")))
    text = incomplete_message(refusal) if isinstance(refusal, IncompleteError) else " ".join(refusal.reasons)
    messages.error(request, text, buttons=buttons)
