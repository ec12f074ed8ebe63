"""Counts requests and their durations around the WSGI application, cached responses included."""

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.platform.caching.store import ABOUT, CACHE, About
from portal.platform.measuring.metrics import DURATION, REQUESTS, count, is_measuring, observe

type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

NEWSROOM = "/admin/"
PROBES = "/-/"
# Clients choose the method and the host of a request, so neither is a label as such.
UNKNOWN = About("other", "")


class RequestKind:
    """Middleware: notes the kind of page and the site of a request, for its metrics."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        if not is_measuring():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        edition = getattr(request, "edition", None)
        request.META[ABOUT] = About(kind_of(request), edition.site.hostname if edition else "")
        return response


def kind_of(request: HttpRequest) -> str:
    """The model of the page, or the name of the view; one word for all views of the newsroom."""
    path, match = request.path_info, request.resolver_match
    if path.startswith(NEWSROOM):
        return "newsroom"
    if path.startswith(settings.STATIC_URL):
        return "static"
    if path.startswith(PROBES):
        return "probe"
    if match is None:
        return UNKNOWN.kind
    if match.url_name == "wagtail_serve":
        route = getattr(request, "_wagtail_route_for_request", None)
        return str(route.page._meta.model_name) if route else UNKNOWN.kind
    return match.namespaces[0] if match.namespaces else match.view_name.rpartition(".")[2]


class MeasuredRequests:
    """The WSGI application around all others."""

    def __init__(self, application: Application):
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        begun, status = perf_counter(), "500"

        def start(line: str, *arguments: Any) -> Any:
            nonlocal status
            status = line[:3]
            return start_response(line, *arguments)

        try:
            return self.application(environ, start)
        finally:
            about, cache = environ.get(ABOUT, UNKNOWN), environ.get(CACHE, "none")
            count(REQUESTS, kind=about.kind, status=status, cache=cache, site=about.site)
            observe(DURATION, perf_counter() - begun, kind=about.kind, cache=cache)


def measured(application: Application) -> Application:
    return MeasuredRequests(application) if is_measuring() else application
