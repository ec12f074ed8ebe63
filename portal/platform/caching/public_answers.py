"""Middleware: how long and by whom an answer may be kept, its ETag, 304 for who has it already, and its compression."""

from collections.abc import Callable
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

from portal.platform.caching.early_hints import lead_picture
from portal.platform.caching.encodings import accepted, is_packable, packed
from portal.platform.caching.kept import KEEP, LONGEST, KeptAnswer
from portal.platform.caching.moments import next_moment
from portal.platform.caching.parameters import has_personal_cookie, may_be_kept
from portal.platform.caching.shared import ALWAYS_ASK, browsers_seconds, shared_rule, tag_header
from portal.platform.caching.state import state_of

Respond = Callable[[HttpRequest], HttpResponseBase]
# Some of these a cache may keep unasked where nothing says how long (RFC 9111, section 4.2.2).
KEPT_STATUS = (200, 203, 204, 300, 301, 302, 303, 304, 307, 308, 404, 410)
FOR_ONE_READER = "private, no-store"
# By these an answer differs for everybody alike, and the edge asks for them.
KEPT_BY = {"accept", "accept-encoding"}
# What a 304 repeats (RFC 9110, section 15.4.5).
OF_NOT_MODIFIED = ("Cache-Control", "Content-Location", "Date", "ETag", "Expires", "Last-Modified", "Vary")

# No cache in front keeps what took longer: a change meanwhile may have been purged for the last time, which is three
# seconds after it (`portal/platform/caching/purge_watch.py`).
LONGEST_ON_ITS_WAY = timedelta(seconds=2)


def is_for_one_reader(response: HttpResponseBase) -> bool:
    """Whether the answer depends on who asks: it sets a cookie, or a session, an account or a form ticket was read."""
    return (
        bool(response.cookies) or has_vary_header(response, "Cookie") or "no-store" in response.get("Cache-Control", "")
    )


class PublicAnswers:
    """Stands outside of all that writes headers, and inside of what takes the body of HEAD away.

    An answer for one reader, and one to anything but GET and HEAD, passes as it is but for a rule that nobody keeps it.
    """

    def __init__(self, get_response: Respond):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        arrived_at = timezone.now()
        response = self.get_response(request)
        if request.method not in ("GET", "HEAD") or getattr(request, "is_dummy", False):
            return response
        if is_for_one_reader(response) or response.status_code not in KEPT_STATUS:
            response.headers.setdefault("Cache-Control", FOR_ONE_READER)
            return response
        shared = _shared(request, response, arrived_at)
        response.headers.setdefault("Cache-Control", ALWAYS_ASK)
        if response.streaming or not isinstance(response, HttpResponse) or response.has_header("Content-Encoding"):
            return response
        # Without a body it is a proxy that sends the content, such as a file.
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
        # The same content in several encodings is the same by its meaning only (RFC 9110, section 8.8.1).
        if response.headers["ETag"].startswith("W/"):
            patch_vary_headers(response, ["Accept-Encoding"])
        encoding = accepted(request.headers.get("Accept-Encoding", "")) if may_be_packed(response) else ""
        is_kept = may_hand_over(request, response)
        body = packed(response.content, encoding) if encoding and is_kept else b""
        if is_kept:
            hand_over(request, response, arrived_at, {encoding: body or response.content}, shared)
        known = get_conditional_response(request, etag=response.headers["ETag"], response=response)
        if known is not None and known is not response:
            return not_modified(known) if known.status_code == 304 else known
        if encoding:
            response.content = body or packed(response.content, encoding)
            response.headers["Content-Encoding"] = encoding
        response.headers["Content-Length"] = str(len(response.content))
        return response


def is_for_everybody(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether everybody gets this answer who asks for the same, and asks for nothing but what its view reads."""
    varies_by = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    is_public = "private" not in response.get("Cache-Control", "") and not has_personal_cookie(request.META)
    return is_public and may_be_kept(request) and varies_by <= KEPT_BY


def _shared(request: HttpRequest, response: Any, arrived_at: datetime) -> int | None:
    """Say of an answer for everybody how long shared caches may keep it; the seconds for browsers, or None if not."""
    browsers = browsers_seconds(response.get("Cache-Control", ""))
    # A 304 says what the answer would (RFC 9110, section 15.4.5).
    if not settings.SHARED_CACHE_SECONDS or response.status_code not in (200, 304) or browsers is None:
        return None
    mark = state_of(request).mark if is_for_everybody(request, response) else None
    if mark is None:
        return None
    now = timezone.now()
    right_until = next_moment(mark, arrived_at) if now - arrived_at <= LONGEST_ON_ITS_WAY else now
    response.headers["Cache-Control"] = shared_rule(now, right_until, browsers)
    if tag := tag_header():
        response.headers[tag[0]] = tag[1]
    is_page = response.get("Content-Type", "").startswith("text/html") and not response.streaming
    if is_page and (hint := lead_picture(response.content)):
        response.headers.setdefault("Link", hint)
    return browsers


def may_hand_over(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether there is an edge that may keep this answer."""
    return (
        KEEP in request.META
        and is_for_everybody(request, response)
        and 0 < len(response.content) <= LONGEST
        and _is_at_usual_port(request)
    )


def _is_at_usual_port(request: HttpRequest) -> bool:
    """Whether the host is named as readers name it: with any port in it, a stranger could fill the memory."""
    port = split_domain_port(request.get_host())[1]
    site = Site.find_for_request(request)
    return not port or (site is not None and port == str(site.port))


def hand_over(
    request: HttpRequest, response: HttpResponse, arrived_at: datetime, bodies: dict[str, bytes], shared: int | None
) -> None:
    state, made = request.META[KEEP]
    left_out = {"Content-Length"} if shared is None else {"Content-Length", "Cache-Control"}
    headers = tuple((name, value) for name, value in response.items() if name not in left_out)
    until = next_moment(state.mark, arrived_at)
    made.append(KeptAnswer(state.mark, arrived_at, until, headers, may_be_packed(response), bodies, shared))


def may_be_packed(response: HttpResponse) -> bool:
    is_weak = response.headers["ETag"].startswith("W/")
    return is_weak and is_packable(response.get("Content-Type", ""), len(response.content))


def not_modified(response: Any) -> HttpResponse:
    """A 304 with nothing but what it is for, whoever has made it."""
    answer = HttpResponse(status=304)
    del answer.headers["Content-Type"]
    for name in OF_NOT_MODIFIED:
        if response.has_header(name):
            answer.headers[name] = response.headers[name]
    return answer
