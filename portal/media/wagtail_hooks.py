"""Who may have a document by its own address."""

from django.http import Http404, HttpRequest
from wagtail import hooks
from wagtail.permissions import policy_registry

from portal.media.models import Document


@hooks.register("before_serve_document")
def keep_the_gate(document: Document, request: HttpRequest) -> None:
    """A gated document is not there, neither for a reader nor for a guess at its hash; its editors see it."""
    if not document.is_gated:
        return
    # Who keeps it, that is, and not only who may change it while it stands on a public page.
    kept = policy_registry.get(document).instances_user_has_permission_for(request.user, "change")
    if not kept.filter(pk=document.pk).exists():
        raise Http404("This document does not match the given filename.")
