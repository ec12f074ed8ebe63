"""The content version of a request, read once by the WSGI cache or by the first code that needs it."""

from django.http import HttpRequest

from portal.platform.caching.store import COLLECT
from portal.platform.operation.changes import content_version


def version_of(request: HttpRequest) -> int | None:
    """The version before any content was read; None if there is no version."""
    if not hasattr(request, "content_version"):
        request.content_version = request.META[COLLECT][0] if COLLECT in request.META else content_version()  # type: ignore[attr-defined]
    return request.content_version  # type: ignore[attr-defined, no-any-return]
