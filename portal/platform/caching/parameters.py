"""Decides which requests may get a cached response, by the view's name, the parameters that it reads, and cookies."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

LISTS = frozenset({"page", "topic", "kind", "year", "when", "how", "place", "month", "first", "last"})
API = frozenset({"limit", "offset", "order", "type", "fields", "child_of", "descendant_of", "locale"})
NONE: frozenset[str] = frozenset()
PARAMETERS = {
    "wagtail_serve": LISTS | {"beside", "entries"},
    "catalogue:topics": frozenset({"page"}),
    "catalogue:authors": frozenset({"page"}),
    "catalogue:venues": frozenset({"page"}),
    "catalogue:sites": frozenset({"page"}),
    "catalogue:venue": frozenset({"page"}),
    "catalogue:topic": LISTS,
    "catalogue:author": LISTS,
    "feed": frozenset({"topic", "person", "kind"}),
    "calendar_file": frozenset({"topic", "near", "km", "network"}),
    "site_calendar": NONE,
    "robots": NONE,
    "sitemap": NONE,
    "sitemap_part": NONE,
    "sitemap_news": NONE,
    "sitemap_catalogue": NONE,
    "api:pages:listing": API,
    "api:pages:detail": frozenset({"fields"}),
    "api:images:listing": API,
    "api:images:detail": frozenset({"fields"}),
    "api:documents:listing": API,
    "api:documents:detail": frozenset({"fields"}),
}
ALL_PARAMETERS = frozenset[str]().union(*PARAMETERS.values())


def has_personal_cookie(environ: dict[str, Any]) -> bool:
    """Whether a request has a cookie that its response may depend on."""
    if not (cookies := environ.get("HTTP_COOKIE", "")):
        return False
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, "messages")
    return any(f"{name}=" in cookies for name in names)


def is_cacheable(request: HttpRequest) -> bool:
    """Whether this view's response may be cached for these parameters."""
    match = request.resolver_match
    names = PARAMETERS.get(match.view_name) if match else None
    if request.GET.get("order") == "random":
        return False
    return names is not None and all(name in names and len(request.GET.getlist(name)) == 1 for name in request.GET)
