"""Renders a response again if the content changed meanwhile, so that no response mixes two versions of the content."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connections, router
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.platform.caching.store import COLLECT
from portal.platform.operation.changes import VERSION

# If the content changes all the time, the last response is served.
MAX_REPETITIONS = 2


def render_one_version(render: Callable[[Any], HttpResponseBase], request: HttpRequest) -> HttpResponseBase:
    """Respond to a GET request from one version. Afterwards, the request has the state of the last rendering.

    `render` stores the version in the request's `content_version` before it reads any content.
    """
    if request.method not in ("GET", "HEAD") or getattr(request, "is_dummy", False):
        return render(request)
    fresh = dict(request.__dict__)
    response = render(request)
    for _repetition in range(MAX_REPETITIONS):
        version = _newer_version(getattr(request, "content_version", None))
        # The request of an uncacheable response may have an effect, such as using up a token.
        if version is None or response.streaming or "no-store" in response.get("Cache-Control", ""):
            break
        if COLLECT in request.META:
            request.META[COLLECT] = (version, request.META[COLLECT][1])
        request.__dict__.clear()
        request.__dict__.update(fresh, content_version=version)
        response = render(request)
    return response


def _newer_version(rendered: int | None) -> int | None:
    """The current version if it differs from the rendered one; otherwise, or if it is unknown, None.

    It is read with the driver, because Django would open a connection for a response that needed none.
    """
    database: Any = connections[router.db_for_read(apps.get_model("core", "ContentChange"))]
    if rendered is None or database.connection is None or database.needs_rollback:
        return None
    try:
        version: int | None = database.connection.execute(VERSION[database.vendor]).fetchone()[0]
    except database.Database.Error:
        return None
    return version if version != rendered else None
