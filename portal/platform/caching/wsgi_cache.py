"""WSGI middleware around Django that serves a cached response as long as Django would render the same one."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http.request import split_domain_port
from django.utils import timezone
from django.utils.http import parse_etags

from portal.allowed_hosts import SiteHosts
from portal.platform.caching.encodings import accepted_encoding
from portal.platform.caching.http_caching import NOT_MODIFIED_HEADERS
from portal.platform.caching.parameters import ALL_PARAMETERS, has_personal_cookie
from portal.platform.caching.store import ABOUT, CACHE, COLLECT, CachedResponse, Key, ResponseStore
from portal.platform.operation import changes
from portal.platform.operation.log_lines import request_id

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

LONGEST_QUERY = 200
LONGEST_PATH = 1_000
LONGEST_HOST = 255
# A request waits this many seconds for another one to render the same response. Then it renders the response itself.
LONGEST_WAIT = 10
# How many times a request waits for others while the content keeps changing.
MAX_TURNS = 3
# Seconds without a query for the version after the database has failed; meanwhile Django handles requests.
PAUSE_AFTER_FAILURE = 5
# Nothing below these prefixes (probes, files, the newsroom) is cached or waits for the database.
UNCACHED_PREFIXES = ("/-/", "/admin/", "/documents/", "/pictures/", "/share/", "/theme-", settings.STATIC_URL)
# The API responds with JSON to these `Accept` headers, and refuses others.
JSON = ("", "*/*", "application/json", "application/json, text/plain, */*")
# Rare conditional requests, which Django handles.
UNCACHED_HEADERS = ("HTTP_AUTHORIZATION", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE", "HTTP_RANGE")


def cache_key(environ: dict[str, Any]) -> Key | None:
    """The cache key for a request. None if its response may be personal, or for unknown parameters."""
    host, path, query = environ.get("HTTP_HOST", ""), environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if (
        environ["REQUEST_METHOD"] not in ("GET", "HEAD")
        or environ.get("SCRIPT_NAME")
        or not 0 < len(host) <= LONGEST_HOST
        or len(path) > LONGEST_PATH
        or len(query) > LONGEST_QUERY
        or path.startswith(UNCACHED_PREFIXES)
        or any(name in environ for name in UNCACHED_HEADERS)
        or has_personal_cookie(environ)
    ):
        return None
    if query and not ALL_PARAMETERS.issuperset(name for name, _value in parse_qsl(query, keep_blank_values=True)):
        return None
    accept = environ.get("HTTP_ACCEPT", "")
    if path.startswith("/api/") and accept not in JSON:
        return None
    # Browsers get feeds as plain XML.
    is_for_browser = path.endswith((".rss", ".atom")) and "text/html" in accept
    return Key(_scheme(environ), host, path, query, "html" if is_for_browser else "")


def _scheme(environ: dict[str, Any]) -> str:
    """The scheme as Django determines it, with a trusted proxy."""
    if settings.SECURE_PROXY_SSL_HEADER:
        header, secure = settings.SECURE_PROXY_SSL_HEADER
        if (value := environ.get(header)) is not None:
            return "https" if value.split(",", 1)[0].strip() == secure else "http"
    return str(environ["wsgi.url_scheme"])


def _is_unknown(host: str) -> bool:
    allowed = settings.ALLOWED_HOSTS
    return isinstance(allowed, SiteHosts) and allowed.is_unknown(split_domain_port(host)[0])


class ResponseCache:
    """The WSGI application around Django's. Concurrent requests for the same response render it once."""

    def __init__(self, application: Application, megabytes: int):
        self.application = application
        self.store = ResponseStore(megabytes * 1024 * 1024)
        self._paused_until = 0.0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # Without this, each request to an unknown host would query the version.
        if (key := cache_key(environ)) is None or _is_unknown(key.host):
            return self.application(environ, start_response)
        turns = 0
        while True:
            # Read again after each wait, because the content may have changed.
            if (version := self._version()) is None:
                return self.application(environ, start_response)
            cached = self.store.get(key)
            if cached is not None and cached.is_fresh(version, now := timezone.now()):
                return self._serve(key, cached, now, environ, start_response)
            # Requests that were waiting for an uncacheable response are rendered concurrently.
            if turns == MAX_TURNS or self.store.is_uncacheable(key):
                return self._render(key, version, environ, start_response)
            if (running := self.store.begin(key)) is None:
                try:
                    return self._render(key, version, environ, start_response)
                finally:
                    self.store.finish(key)
            running.wait(LONGEST_WAIT)
            turns += 1

    def _version(self) -> int | None:
        """The content version; None if the database does not respond or has no version now."""
        if time.monotonic() < self._paused_until:
            return None
        if not connection.in_atomic_block and connection.close_at and time.monotonic() >= connection.close_at:
            connection.close()
        try:
            return changes.content_version()
        except (DatabaseError, InterfaceError):
            # Django then opens a new connection, or responds with 503.
            if not connection.in_atomic_block:
                connection.close()
            self._paused_until = time.monotonic() + PAUSE_AFTER_FAILURE
            return None

    def _render(
        self, key: Key, version: int, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        collected: list[CachedResponse] = []
        # The middleware `HttpCaching` appends the response if it is the same for everybody.
        environ[COLLECT] = (version, collected)
        body = self.application(environ, start_response)
        environ[CACHE] = "miss" if collected else "uncacheable"
        if collected:
            self.store.put(key, collected[0])
        else:
            self.store.note_uncacheable(key)
        return body

    def _serve(
        self,
        key: Key,
        cached: CachedResponse,
        now: datetime,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
    ) -> Iterable[bytes]:
        environ[CACHE] = "hit"
        if cached.about:
            environ[ABOUT] = cached.about
        headers = cached.headers_at(now)
        own = ("X-Request-ID", request_id(environ.get("HTTP_X_REQUEST_ID", "")))
        if _matches(cached, environ):
            repeated = [pair for pair in headers if pair[0] in NOT_MODIFIED_HEADERS]
            start_response("304 Not Modified", [*repeated, own])
            return [b""]
        encoding = accepted_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")) if cached.is_compressible else ""
        is_new = encoding not in cached.bodies
        body = cached.body(encoding)
        if is_new:
            self.store.update_size(key, cached)
        more = [("Content-Encoding", encoding)] if encoding else []
        start_response("200 OK", [*headers, *more, ("Content-Length", str(len(body))), own])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def _matches(cached: CachedResponse, environ: dict[str, Any]) -> bool:
    """Whether the client already has this response, by its ETag (RFC 9110, section 13.1.2)."""
    if not (condition := environ.get("HTTP_IF_NONE_MATCH")):
        return False
    tag, tags = dict(cached.headers)["ETag"].removeprefix("W/"), parse_etags(condition)
    return "*" in tags or tag in {each.removeprefix("W/") for each in tags}
