"""Middleware for `Cache-Control`, ETag, 304 and compression; decides which responses may be cached."""

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, has_vary_header, patch_vary_headers
from wagtail.models import Site

from portal.platform.caching.early_hints import preload_link_of_lead_picture
from portal.platform.caching.encodings import accepted_encoding, compress, is_compressible
from portal.platform.caching.expiry import next_expiry
from portal.platform.caching.parameters import has_personal_cookie, is_cacheable
from portal.platform.caching.request_version import version_of
from portal.platform.caching.shared_caches import ALWAYS_REVALIDATE, browser_max_age, shared_cache_control, tag_header
from portal.platform.caching.store import ABOUT, COLLECT, LONGEST, CachedResponse
from portal.platform.middleware import Middleware

# Caches may store some of these even without Cache-Control (RFC 9111, section 4.2.2).
CACHEABLE_STATUS = (200, 203, 204, 300, 301, 302, 303, 304, 307, 308, 404, 410)
PERSONAL = "private, no-store"
# The only headers that cached responses may vary by.
VARIES_BY = {"accept", "accept-encoding"}
# The headers that a 304 repeats (RFC 9110, section 15.4.5).
NOT_MODIFIED_HEADERS = ("Cache-Control", "Content-Location", "Date", "ETag", "Expires", "Last-Modified", "Vary")
# Shared caches must not store a response that took longer, because the last purge follows three seconds after a change.
LONGEST_RENDERING = timedelta(seconds=2)


def is_personal(response: HttpResponseBase) -> bool:
    """Whether the response depends on the reader: it sets a cookie, or a view read the session, user or CSRF token."""
    return (
        bool(response.cookies) or has_vary_header(response, "Cookie") or "no-store" in response.get("Cache-Control", "")
    )


class HttpCaching(Middleware):
    """Runs outside all middleware that sets headers, and inside the one that drops the body of HEAD.

    Personal responses only get a `Cache-Control`. Responses to methods other than GET and HEAD are unchanged.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        arrived_at = timezone.now()
        response = self.get_response(request)
        if request.method not in ("GET", "HEAD") or getattr(request, "is_dummy", False):
            return response
        if is_personal(response) or response.status_code not in CACHEABLE_STATUS:
            response.headers.setdefault("Cache-Control", PERSONAL)
            return response
        shared = _allow_shared_caches(request, response, arrived_at)
        response.headers.setdefault("Cache-Control", ALWAYS_REVALIDATE)
        if response.streaming or not isinstance(response, HttpResponse) or response.has_header("Content-Encoding"):
            return response
        # The body is empty if a proxy sends the content, such as a file.
        if response.status_code == 200 and response.content:
            return self._with_validator(request, response, arrived_at, shared)
        if response.status_code == 304:
            if response.get("ETag", "").startswith("W/"):
                patch_vary_headers(response, ["Accept-Encoding"])
            return not_modified(response)
        return response

    def _with_validator(
        self, request: HttpRequest, response: HttpResponse, arrived_at: datetime, shared: int | None
    ) -> HttpResponseBase:
        if not response.has_header("ETag"):
            response.headers["ETag"] = f'W/"{blake2b(response.content, digest_size=12).hexdigest()}"'
        # The encodings of a body are equivalent but not identical, so the ETag is weak (RFC 9110, section 8.8.1).
        if response.headers["ETag"].startswith("W/"):
            patch_vary_headers(response, ["Accept-Encoding"])
        encoding = accepted_encoding(request.headers.get("Accept-Encoding", "")) if may_be_compressed(response) else ""
        is_collected = may_be_collected(request, response)
        body = compress(response.content, encoding) if encoding and is_collected else b""
        if is_collected:
            collect(request, response, arrived_at, {encoding: body or response.content}, shared)
        conditional = get_conditional_response(request, etag=response.headers["ETag"], response=response)
        if conditional is not None and conditional is not response:
            return not_modified(conditional) if conditional.status_code == 304 else conditional
        if encoding:
            response.content = body or compress(response.content, encoding)
            response.headers["Content-Encoding"] = encoding
        response.headers["Content-Length"] = str(len(response.content))
        return response


def is_for_everybody(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether every reader gets the same response to this request, and the view reads all of its parameters."""
    varies_by = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    is_public = "private" not in response.get("Cache-Control", "") and not has_personal_cookie(request.META)
    return is_public and is_cacheable(request) and varies_by <= VARIES_BY


def _allow_shared_caches(request: HttpRequest, response: Any, arrived_at: datetime) -> int | None:
    """Let shared caches store a public response. Return the browsers' max-age, or None if they must not store it."""
    browsers = browser_max_age(response.get("Cache-Control", ""))
    # A 304 has the headers that the response would have (RFC 9110, section 15.4.5).
    if not settings.SHARED_CACHE_SECONDS or response.status_code not in (200, 304) or browsers is None:
        return None
    version = version_of(request) if is_for_everybody(request, response) else None
    if version is None:
        return None
    now = timezone.now()
    expires_at = next_expiry(version, arrived_at) if now - arrived_at <= LONGEST_RENDERING else now
    response.headers["Cache-Control"] = shared_cache_control(now, expires_at, browsers)
    if tag := tag_header():
        response.headers[tag[0]] = tag[1]
    is_page = response.get("Content-Type", "").startswith("text/html") and not response.streaming
    if is_page and (hint := preload_link_of_lead_picture(response.content)):
        response.headers.setdefault("Link", hint)
    return browsers


def may_be_collected(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a WSGI cache exists and may store this response."""
    return (
        COLLECT in request.META
        and is_for_everybody(request, response)
        and 0 < len(response.content) <= LONGEST
        and _has_usual_port(request)
    )


def _has_usual_port(request: HttpRequest) -> bool:
    """Whether the host has no port, or the site's own. Requests with arbitrary ports could fill the cache."""
    port = split_domain_port(request.get_host())[1]
    site = Site.find_for_request(request)
    return not port or (site is not None and port == str(site.port))


def collect(
    request: HttpRequest, response: HttpResponse, arrived_at: datetime, bodies: dict[str, bytes], shared: int | None
) -> None:
    version, collected = request.META[COLLECT]
    left_out = {"Content-Length"} if shared is None else {"Content-Length", "Cache-Control"}
    headers = tuple((name, value) for name, value in response.items() if name not in left_out)
    expires_at = next_expiry(version, arrived_at)
    about = request.META.get(ABOUT)
    collected.append(
        CachedResponse(version, arrived_at, expires_at, headers, may_be_compressed(response), bodies, shared, about)
    )


def may_be_compressed(response: HttpResponse) -> bool:
    is_weak = response.headers["ETag"].startswith("W/")
    return is_weak and is_compressible(response.get("Content-Type", ""), len(response.content))


def not_modified(response: Any) -> HttpResponse:
    """A 304 with the permitted headers."""
    result = HttpResponse(status=304)
    del result.headers["Content-Type"]
    for name in NOT_MODIFIED_HEADERS:
        if response.has_header(name):
            result.headers[name] = response.headers[name]
    return result
