"""The hook that hides gated documents at their own URL."""

from django.http import Http404, HttpRequest
from wagtail import hooks
from wagtail.permissions import policy_registry

from portal.media.models import Document


@hooks.register("before_serve_document")
def hide_gated_document(document: Document, request: HttpRequest) -> None:
    """Raise Http404 for a gated document, unless the user may change it."""
    if not document.is_gated:
        return
    # `user_has_permission_for_instance` is stricter while a public page uses the document.
    permitted = policy_registry.get(document).instances_user_has_permission_for(request.user, "change")
    if not permitted.filter(pk=document.pk).exists():
        raise Http404("This document does not match the given filename.")
