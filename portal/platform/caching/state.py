"""The state of the content that a request is answered for: asked once, by the edge or by the first who needs it."""

from django.http import HttpRequest

from portal.platform.caching.kept import KEEP
from portal.platform.operation.changes import ContentState, present_state


def state_of(request: HttpRequest) -> ContentState:
    """As it was before anything of the answer was read; whatever changes meanwhile has another mark."""
    if (found := getattr(request, "content_state", None)) is None:
        found = request.META[KEEP][0] if KEEP in request.META else present_state()
        request.content_state = found  # type: ignore[attr-defined]
    return found
