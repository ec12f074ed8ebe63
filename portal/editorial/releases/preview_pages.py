"""Responses of the sites as an anonymous reader gets them, with links that stay within a preview."""

import re
from collections.abc import Callable
from functools import cache
from html import escape, unescape
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from wagtail.models import Site

# What the inner request has of the outer one: neither credentials nor conditions.
PASSED_ON = {
    *("SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "REMOTE_ADDR", "QUERY_STRING"),
    *("HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_USER_AGENT", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"),
}
# Files, which are the same in a preview: the user's browser may load those of drafts. And the newsroom.
OUTSIDE = re.compile(
    r"/(?:admin|static|media|pictures|documents|share|-|_util)(?:/|$)|/theme-|/[^/]*\.(?:png|ico|svg)$"
)
LINK = re.compile(r'(<(?:a|area|form|button|input)\b[^>]*?\s(?:href|action|formaction)=")([^"]*)"')
# Scripts that count what readers do, and the link to the form of a page.
COUNTING = re.compile(
    r'<script\b[^>]*\bsrc="[^"]*/(?:opened|clicks)\b[^"]*"[^>]*></script>|<template data-edit=.*?</template>', re.DOTALL
)

# Maps a site and a quoted path to the address in the preview.
type Address = Callable[[Site, str], str]


def page_response(outer: HttpRequest, site: Site, path: str, bar: SafeString, *, opens_closed: bool) -> HttpResponse:
    """The response of a site to an anonymous GET request, rendered completely. `bar` is shown above its pages."""
    if OUTSIDE.match(path):
        raise Http404
    request = _request(outer, site, path)
    # The base template shows the bar, and no analytics.
    request.__dict__.update(banner=bar, is_preview=True)
    if opens_closed:
        request.is_dummy = True
    with override(get_language()), timezone.override(timezone.get_current_timezone()):
        response: Any = _handler().get_response(request)
        if response.streaming:
            response = HttpResponse(b"".join(response), status=response.status_code, headers=response.headers)
    return response


@cache
def _handler() -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware()
    return handler


def _request(outer: HttpRequest, site: Site, path: str) -> Any:
    environ = {name: value for name, value in outer.META.items() if name in PASSED_ON or name.startswith("wsgi.")}
    port = "" if site.port in (80, 443) else f":{site.port}"
    return WSGIRequest(
        environ
        | {
            "REQUEST_METHOD": "GET",
            "HTTP_HOST": f"{site.hostname}{port}",
            "SCRIPT_NAME": "",
            "PATH_INFO": path.encode().decode("latin-1"),
            "wsgi.input": BytesIO(),
        }
    )


def sites_by_root() -> dict[str, Site]:
    return {site.root_url: site for site in Site.objects.all()}


def link_within(link: str, site: Site, sites: dict[str, Site], address: Address) -> str:
    """The address in the preview of a link on a page of `site`; other links stay as they are."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return link
    if parts.scheme or parts.netloc:
        found = sites.get(f"{parts.scheme}://{parts.netloc}")
        if found is None:
            return link
        site = found
    elif not link.startswith("/"):
        return link
    path = parts.path or "/"
    if OUTSIDE.match(path):
        return link
    rest = (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    return address(site, path) + rest


def html_within(html: str, site: Site, sites: dict[str, Site], address: Address) -> str:
    """A page of which links and forms lead to the preview, and which counts nothing."""

    def replaced(found: re.Match[str]) -> str:
        return f'{found[1]}{escape(link_within(unescape(found[2]), site, sites, address))}"'

    return LINK.sub(replaced, COUNTING.sub("", html))
