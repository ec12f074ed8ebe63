"""Counts page views: a WSGI application around the others, without database queries."""

import logging
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from io import BytesIO
from types import SimpleNamespace
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl, unquote_to_bytes

from django.conf import settings
from django.db import DataError, Error
from django.http import HttpRequest

from portal.content.readers.sources import source_of
from portal.readership.counting.headers import LONGEST_HOST, device_of, is_robot, referral_of
from portal.readership.counting.short_memory import ShortMemory

type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# A quarter of an hour falls within one hour and one day in every time zone.
QUARTER = 900
# The URL path for clicks on external links, and the maximum size of a report.
CLICKS, LONGEST_CLICK = "/-/click", 4096
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
# Downloads. All other counted URLs are pages below their language.
DOCUMENTS = "/documents/"
# The cookie of readers who have objected with the form in the privacy notice.
REFUSAL = "uncounted"
# The status of a page, and of a page in the browser's cache.
SHOWN = ("200", "304")
MISSING = "404"
# A path with one of these characters may name a person or be signed.
NOT_IN_ADDRESSES, LONGEST_MISS = ("@", ":", "=", "\0"), 255
# This also applies to a path with a long word of letters and digits, a word longer than in any language, or a UUID.
TOKEN = re.compile(
    r"(?<![^\W_])(?=[^\W\d_]*\d)(?=\d*[^\W\d_])[^\W_]{16,}|[^\W_]{41,}|[\da-f]{8}(?:-[\da-f]{4}){3}-", re.IGNORECASE
)
# Memory limits: waiting views, distinct views that could not be written, and their total characters. No page has a
# longer path.
MAX_WAITING, MAX_UNWRITTEN, MAX_CHARACTERS, LONGEST_PATH = 200_000, 200_000, 32_000_000, 1000
# After this many failed writes, batches are no longer split to isolate the failing views.
MAX_FAILURES = 50

logger = logging.getLogger(__name__)


class View(NamedTuple):
    """One view of a page, without the reader. `referrer` is a host that may belong to the network."""

    host: str
    path: str
    quarter: int
    source: str
    referrer: str
    device: str


class Click(NamedTuple):
    """A click on a link to another host, as reported by a browser. The report may be false."""

    host: str
    path: str
    quarter: int
    target: str


class Miss(NamedTuple):
    """A path where a reader found no page, without its query string, which may reveal something about the reader."""

    host: str
    path: str
    quarter: int


type Counted = View | Click | Miss


class ViewCounter:
    """The views counted by this process and not yet written."""

    def __init__(self, memory: ShortMemory | None = None, clock: Callable[[], float] = time.time):
        self.memory = memory or ShortMemory()
        self.clock = clock
        self.waiting: deque[tuple[int, Counted]] = deque()
        self.unwritten: Counter[Counted] = Counter()
        self.characters = 0
        # Called before the first view is counted, in the process that counts it.
        self.begin: Callable[[], None] | None = None

    def count(self, environ: dict[str, Any]) -> None:
        """Count the view of the requested page, unless it is a robot's or a repetition."""
        name = environ.get("HTTP_USER_AGENT", "")
        if is_robot(name, environ.get("HTTP_ACCEPT", ""), environ.get("HTTP_ACCEPT_LANGUAGE", "")):
            return
        host, path, now = environ.get("HTTP_HOST", "").lower(), environ["PATH_INFO"], self.clock()
        if (reader := self._reader_of(environ, name, f"{host}{path}", now)) is None:
            return
        source, referrer = referral_of(environ.get("HTTP_REFERER", ""), environ.get("QUERY_STRING", ""), host)
        self._add(reader, View(host, path, int(now) // QUARTER, source, referrer, device_of(name)))

    def count_click(self, environ: dict[str, Any], path: str, target: str) -> None:
        """Count that a reader of a page followed a link to the host `target`."""
        name = environ.get("HTTP_USER_AGENT", "")
        # The request that reports a click does not have HTML in its Accept header.
        if is_robot(name, "text/html", environ.get("HTTP_ACCEPT_LANGUAGE", "")):
            return
        host, now = environ.get("HTTP_HOST", "").lower(), self.clock()
        if (reader := self._reader_of(environ, name, f"{host}{path} {target}", now)) is not None:
            self._add(reader, Click(host, path, int(now) // QUARTER, target))

    def count_miss(self, environ: dict[str, Any], path: str) -> None:
        """Count a missing page at the path, as WSGI has it, unless a robot requested it or it may be secret."""
        name = environ.get("HTTP_USER_AGENT", "")
        if is_robot(name, environ.get("HTTP_ACCEPT", ""), environ.get("HTTP_ACCEPT_LANGUAGE", "")):
            return
        host, now = environ.get("HTTP_HOST", "").lower(), self.clock()
        if not _says_nothing_of_a_reader(path):
            return
        if (reader := self._reader_of(environ, name, f"{host}{path}", now)) is not None:
            self._add(reader, Miss(host, path, int(now) // QUARTER))

    def _reader_of(self, environ: dict[str, Any], name: str, what: str, now: float) -> int | None:
        """The reader's number; None for a robot, or for a repetition within half an hour."""
        address = source_of(cast(HttpRequest, SimpleNamespace(META=environ)))
        if self.memory.is_crowded(address, now):
            return None
        reader = self.memory.reader(address, name, now)
        if self.memory.is_robot(reader, now, counts=True) or len(self.waiting) >= MAX_WAITING:
            return None
        return None if self.memory.is_repeated(reader, what, now) else reader

    def _add(self, reader: int, view: Counted) -> None:
        if len(view.path) > LONGEST_PATH or len(view.host) > LONGEST_HOST:
            return
        if self.begin is not None:
            self.begin()
        self.waiting.append((reader, view))

    def flush(self, write: Callable[[Counter[Counted]], None]) -> None:
        """Write all waiting views, without their readers.

        If the database is unavailable, they wait for the next time. Views that can never be written are dropped.
        """
        now = self.clock()
        # Other threads may append meanwhile.
        for _turn in range(len(self.waiting)):
            reader, view = self.waiting.popleft()
            is_new = view not in self.unwritten
            if not (is_new and self._is_full()) and not self.memory.is_robot(reader, now):
                self.unwritten[view] += 1
                self.characters += _characters(view) if is_new else 0
        parts = [list(self.unwritten)] if self.unwritten else []
        failures = 0
        while parts:
            part = parts.pop()
            try:
                write(Counter({view: self.unwritten[view] for view in part}))
            except Exception as error:
                # A database error is temporary; a data error is not.
                if isinstance(error, Error) and not isinstance(error, DataError):
                    if self._is_full():
                        self._lose(list(self.unwritten), error)
                    raise
                failures += 1
                if len(part) > 1 and failures <= MAX_FAILURES:
                    middle = len(part) // 2
                    parts += [part[middle:], part[:middle]]
                else:
                    self._lose(part, error)
            else:
                self._forget(part)

    def _is_full(self) -> bool:
        return len(self.unwritten) >= MAX_UNWRITTEN or self.characters >= MAX_CHARACTERS

    def _lose(self, views: list[Counted], error: Exception) -> None:
        number = sum(self.unwritten[view] for view in views)
        logger.error("%d views could not be written and are lost", number, exc_info=error)
        self._forget(views)

    def _forget(self, views: list[Counted]) -> None:
        for view in views:
            del self.unwritten[view]
            self.characters -= _characters(view)


class CountedResponses:
    """Counts the pages that the wrapped application serves, including cached ones."""

    def __init__(self, application: Application, counter: ViewCounter):
        self.application, self.counter = application, counter
        self.prefixes = (*(f"/{code}/" for code, _name in settings.LANGUAGES), DOCUMENTS)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == CLICKS:
            return self._receive_click(environ, start_response)
        if not _may_be_a_view(environ):
            return self.application(environ, start_response)

        path = environ["PATH_INFO"]
        is_counted, is_document = path.startswith(self.prefixes), path.startswith(DOCUMENTS)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            try:
                if status.startswith(MISSING) and _is_html(status, headers):
                    # Django has decoded the path in `environ` by now.
                    self.counter.count_miss(environ, path)
                elif is_counted and status.startswith(SHOWN) and (is_document or _is_html(status, headers)):
                    self.counter.count(environ)
            except Exception:
                # The reader gets the page anyway.
                logger.exception("A view could not be counted")
            return start_response(status, headers, *more)

        return self.application(environ, start)

    def _receive_click(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Receive a report from our own pages' script. The response is always the same."""
        is_post = environ["REQUEST_METHOD"] == "POST"
        if is_post and not _is_left_out(environ) and _comes_from_own_page(environ):
            try:
                if (click := _reported_click(environ)) is not None:
                    self.counter.count_click(environ, *click)
            except Exception:
                logger.exception("A click could not be counted")
        headers = [("Cache-Control", "no-store"), ("Content-Length", "0")]
        start_response("204 No Content" if is_post else "405 Method Not Allowed", headers)
        return BytesIO()


def _may_be_a_view(environ: dict[str, Any]) -> bool:
    """Whether a reader who has not objected requests a URL in order to read it."""
    if environ["REQUEST_METHOD"] != "GET" or not environ.get("PATH_INFO", "").startswith("/"):
        return False
    # A browser may prefetch a page, or load it as part of another.
    names = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ")
    is_prefetch = any("prefetch" in environ.get(name, "") for name in names)
    is_document = environ.get("HTTP_SEC_FETCH_DEST", "document") == "document"
    return is_document and not is_prefetch and not _is_left_out(environ)


def _says_nothing_of_a_reader(path: str) -> bool:
    """Whether a missing path contains no email address or token, and is not one of the paths that scanners try."""
    steps = [step for step in path.split("/") if step]
    return (
        0 < len(path) <= LONGEST_MISS
        and bool(steps)
        and not any(sign in path for sign in NOT_IN_ADDRESSES)
        and not any(step.startswith(("_", ".", "wp-")) for step in steps)
        and not TOKEN.search(path)
    )


def _characters(view: Counted) -> int:
    return sum(len(part) for part in view if isinstance(part, str))


def _is_left_out(environ: dict[str, Any]) -> bool:
    """Whether a request has a session (newsroom, page password), or the reader has objected."""
    cookies = environ.get("HTTP_COOKIE")
    if cookies and (settings.SESSION_COOKIE_NAME in cookies or f"{REFUSAL}=" in cookies):
        return True
    # Global Privacy Control, and the older Do Not Track.
    return environ.get("HTTP_SEC_GPC") == "1" or environ.get("HTTP_DNT") == "1"


def _comes_from_own_page(environ: dict[str, Any]) -> bool:
    """Whether the request comes from a page of this host, by the Origin header that every browser sends with a POST."""
    _scheme, separator, host = environ.get("HTTP_ORIGIN", "").partition("://")
    return bool(separator) and host.lower() == environ.get("HTTP_HOST", "").lower()


def _reported_click(environ: dict[str, Any]) -> tuple[str, str] | None:
    """A page's path, as in WSGI, and the host of a link on it; None for an invalid report."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LONGEST_CLICK:
        return None
    body = environ["wsgi.input"].read(int(length))
    try:
        fields = dict(parse_qsl(body.decode("ascii"), max_num_fields=2))
    except ValueError:
        return None
    path, target = unquote_to_bytes(fields.get("page", "")).decode("latin-1"), fields.get("to", "").lower()
    is_host = HOST.fullmatch(target) is not None and len(target) <= LONGEST_HOST
    return (path, target) if path.startswith("/") and is_host else None


def _is_html(status: str, headers: list[tuple[str, str]]) -> bool:
    """Whether the response is a page. A 304, which has no type, is for a page in the browser's cache."""
    of_type = (value for name, value in headers if name.lower() == "content-type")
    return status.startswith("304") or next(of_type, "").startswith("text/html")
