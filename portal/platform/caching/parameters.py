"""Which requests may have a kept answer: by the names of their views, the parameters that these read, their cookies."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

LISTS = frozenset({"page", "topic", "kind", "year", "when", "how", "place", "month", "first", "last"})
API = frozenset({"limit", "offset", "order", "type", "fields", "child_of", "descendant_of", "locale"})
NOTHING: frozenset[str] = frozenset()
PARAMETERS = {
    "wagtail_serve": LISTS,
    "catalogue:topics": frozenset({"page"}),
    "catalogue:authors": frozenset({"page"}),
    "catalogue:topic": LISTS,
    "catalogue:author": LISTS,
    "feed": frozenset({"topic", "person", "kind"}),
    "calendar_file": frozenset({"topic"}),
    "site_calendar": NOTHING,
    "robots": NOTHING,
    "sitemap": NOTHING,
    "sitemap_part": NOTHING,
    "sitemap_news": NOTHING,
    "sitemap_catalogue": NOTHING,
    "api:pages:listing": API,
    "api:pages:detail": frozenset({"fields"}),
    "api:images:listing": API,
    "api:images:detail": frozenset({"fields"}),
    "api:documents:listing": API,
    "api:documents:detail": frozenset({"fields"}),
}
KNOWN = frozenset[str]().union(*PARAMETERS.values())


def has_personal_cookie(environ: dict[str, Any]) -> bool:
    """Whether a request has a cookie by which its answer may differ from that of others."""
    if not (cookies := environ.get("HTTP_COOKIE", "")):
        return False
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, "messages")
    return any(f"{name}=" in cookies for name in names)


def may_be_kept(request: HttpRequest) -> bool:
    """Whether the view of a request may be kept with its parameters; one that it does not read could be anything."""
    match = request.resolver_match
    known = PARAMETERS.get(match.view_name) if match else None
    if request.GET.get("order") == "random":
        return False
    return known is not None and all(name in known and len(request.GET.getlist(name)) == 1 for name in request.GET)
