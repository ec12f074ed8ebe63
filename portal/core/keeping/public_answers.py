"""Middleware: how long and by whom an answer may be kept, its ETag, 304 for who has it already, and its compression."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, has_vary_header, patch_vary_headers

from portal.core.keeping.encodings import accepted, is_packable, packed
from portal.core.keeping.kept import LONGEST, Kept
from portal.core.keeping.moments import next_moment
from portal.core.keeping.parameters import may_be_kept

Respond = Callable[[HttpRequest], HttpResponseBase]
# Some of these a cache may keep unasked where nothing says how long (RFC 9111, section 4.2.2).
KEPT_STATUS = (200, 203, 204, 300, 301, 302, 303, 304, 307, 308, 404, 410)
ALWAYS_ASK = "no-cache"
FOR_ONE_READER = "private, no-store"
STALE_IF_ERROR = 86_400
# Where the edge finds an answer that it may keep: a pair of the state that it asked for, and a list for the answer.
KEEP = "portal.keep"
# What a 304 repeats (RFC 9110, section 15.4.5).
OF_NOT_MODIFIED = ("Cache-Control", "Content-Location", "Date", "ETag", "Expires", "Last-Modified", "Vary")


def shared_rule() -> str:
    """The `Cache-Control` of public answers: asked for each time, unless shared caches may keep them for a while."""
    seconds = settings.SHARED_CACHE_SECONDS
    if not seconds:
        return ALWAYS_ASK
    parts = f"s-maxage={seconds}, stale-while-revalidate={seconds}, stale-if-error={STALE_IF_ERROR}"
    return f"public, max-age=0, {parts}"


def is_for_one_reader(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the answer depends on who asks: it sets a cookie, or a session, an account or a form ticket was read."""
    rule = response.get("Cache-Control", "")
    return (
        bool(response.cookies)
        or has_vary_header(response, "Cookie")
        or "no-store" in rule
        or "private" in rule
        or getattr(request, "is_dummy", False)
    )


class PublicAnswers:
    """Stands outside of all that writes headers, and inside of what takes the body of HEAD away.

    An answer for one reader, and one to anything but GET and HEAD, passes as it is but for a rule that nobody keeps it.
    """

    def __init__(self, get_response: Respond):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.arrived_at = timezone.now()  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.method not in ("GET", "HEAD") or getattr(request, "is_dummy", False):
            return response
        if is_for_one_reader(request, response) or response.status_code not in KEPT_STATUS:
            response.headers.setdefault("Cache-Control", FOR_ONE_READER)
            return response
        response.headers.setdefault("Cache-Control", shared_rule() if response.status_code == 200 else ALWAYS_ASK)
        if response.streaming or not isinstance(response, HttpResponse) or response.has_header("Content-Encoding"):
            return response
        if response.status_code == 200:
            return self._with_validator(request, response)
        if response.status_code == 304:
            if response.get("ETag", "").startswith("W/"):
                patch_vary_headers(response, ["Accept-Encoding"])
            return not_modified(response)
        return response

    def _with_validator(self, request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
        if not response.has_header("ETag"):
            response.headers["ETag"] = f'W/"{blake2b(response.content, digest_size=12).hexdigest()}"'
        # The same content in several encodings is the same by its meaning only (RFC 9110, section 8.8.1).
        if response.headers["ETag"].startswith("W/"):
            patch_vary_headers(response, ["Accept-Encoding"])
        encoding = accepted(request.headers.get("Accept-Encoding", "")) if may_be_packed(response) else ""
        body = packed(response.content, encoding) if encoding else response.content
        self._keep(request, response, encoding, body)
        known = get_conditional_response(request, etag=response.headers["ETag"], response=response)
        if known is not None and known is not response:
            return not_modified(known)
        if encoding:
            response.content = body
            response.headers["Content-Encoding"] = encoding
        response.headers["Content-Length"] = str(len(body))
        return response

    def _keep(self, request: HttpRequest, response: HttpResponse, encoding: str, body: bytes) -> None:
        """Hand the answer to the edge, if there is one; `body` is its content in an encoding."""
        state, made = request.META.get(KEEP, (None, None))
        varies_by = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
        if made is None or not may_be_kept(request) or not varies_by <= {"accept", "accept-encoding"}:
            return
        if len(body) > LONGEST:
            return
        headers = tuple((name, value) for name, value in response.items() if name != "Content-Length")
        until = next_moment(state, request.arrived_at)  # type: ignore[attr-defined]
        is_packed = may_be_packed(response)
        made.append(Kept(state, request.arrived_at, until, headers, is_packed, {encoding: body}))  # type: ignore[attr-defined]


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
