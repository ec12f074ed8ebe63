"""Says in the newsroom why something was refused."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.admin import messages

from portal.core.publication import PublicationRefusedError
from portal.editorial.approval.checklist_views import sentence
from portal.editorial.approval.completeness import IncompleteError
from portal.editorial.approval.review import StaleReviewError


def show_refusal(request: HttpRequest, refusal: PublicationRefusedError) -> None:
    """Say why something was refused, one message with each reason."""
    buttons = []
    if isinstance(refusal, StaleReviewError):
        buttons.append(messages.button(refusal.compare_url, _("See what changed")))
    text = sentence(refusal) if isinstance(refusal, IncompleteError) else " ".join(refusal.reasons)
    messages.error(request, text, buttons=buttons)
