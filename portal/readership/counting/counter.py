"""Counts what readers are shown, around whatever gives the answer: a WSGI application that asks no database."""

import logging
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl, unquote_to_bytes

from django.conf import settings
from django.db import DataError, Error
from django.http import HttpRequest

from portal.content.readers.sources import source_of
from portal.readership.counting.agents import device_of, is_robot
from portal.readership.counting.referrals import LONGEST_HOST, referral_of
from portal.readership.counting.short_memory import ShortMemory

type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# The finest part of time in which all time zones have the same day and hour.
QUARTER = 900
# Where a script tells of clicks on links to other hosts, and how much it may say.
CLICKS, LONGEST_CLICK = "/-/click", 4096
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
# Files that readers download; all else that is counted is a page below its language.
DOCUMENTS = "/documents/"
# The cookie of readers who have objected, by the button of the privacy notice.
REFUSAL = "uncounted"
# The answer, or that the one that the browser has kept is still right.
SHOWN = ("200", "304")
# Beyond so many views that wait, and so many different ones that could not be written, or so many characters of these,
# further ones are not counted. No page has a longer path.
MOST_WAITING, MOST_UNWRITTEN, MOST_CHARACTERS, LONGEST_PATH = 200_000, 200_000, 32_000_000, 1000
# After so many failures a part of the views that cannot be written is not divided any more to find out which they are.
MOST_FAILURES = 50

logger = logging.getLogger(__name__)


class View(NamedTuple):
    """One view of a page, without who had it. `referrer` is a host of which only the database knows what it is."""

    host: str
    path: str
    quarter: int
    source: str
    referrer: str
    device: str


class Click(NamedTuple):
    """A click on a link of a page that leads to another host, as a browser told it: it may not be true."""

    host: str
    path: str
    quarter: int
    target: str


class Asking(NamedTuple):
    """The part of a request that tells where it comes from."""

    META: dict[str, Any]


class ViewCounter:
    """The views that this process has counted and not yet written."""

    def __init__(self, memory: ShortMemory | None = None, clock: Callable[[], float] = time.time):
        self.memory = memory or ShortMemory()
        self.clock = clock
        self.waiting: deque[tuple[int, View | Click]] = deque()
        self.unwritten: Counter[View | Click] = Counter()
        self.characters = 0
        # Called before the first view is counted, in the process that counts it.
        self.begin: Callable[[], None] | None = None

    def count(self, environ: dict[str, Any]) -> None:
        """Note the view of the page that was asked for, unless it is none of a reader's."""
        name = environ.get("HTTP_USER_AGENT", "")
        if is_robot(name, environ.get("HTTP_ACCEPT", ""), environ.get("HTTP_ACCEPT_LANGUAGE", "")):
            return
        host, path, now = environ.get("HTTP_HOST", "").lower(), environ["PATH_INFO"], self.clock()
        if (reader := self._reader_of(environ, name, f"{host}{path}", now)) is None:
            return
        source, referrer = referral_of(environ.get("HTTP_REFERER", ""), environ.get("QUERY_STRING", ""), host)
        self._note(reader, View(host, path, int(now) // QUARTER, source, referrer, device_of(name)))

    def count_click(self, environ: dict[str, Any], path: str, target: str) -> None:
        """Note that a reader of a page followed a link of it to the host `target`."""
        name = environ.get("HTTP_USER_AGENT", "")
        # What tells of a click asks for nothing, and so for no HTML.
        if is_robot(name, "text/html", environ.get("HTTP_ACCEPT_LANGUAGE", "")):
            return
        host, now = environ.get("HTTP_HOST", "").lower(), self.clock()
        if (reader := self._reader_of(environ, name, f"{host}{path} {target}", now)) is not None:
            self._note(reader, Click(host, path, int(now) // QUARTER, target))

    def _reader_of(self, environ: dict[str, Any], name: str, what: str, now: float) -> int | None:
        """The number of who asks, unless it is a robot's, or of somebody who had the same within half an hour."""
        address = source_of(cast(HttpRequest, Asking(environ)))
        if self.memory.is_crowded(address, now):
            return None
        reader = self.memory.reader(address, name, now)
        if self.memory.is_robot(reader, now, counts=True) or len(self.waiting) >= MOST_WAITING:
            return None
        return None if self.memory.is_repeated(reader, what, now) else reader

    def _note(self, reader: int, what: View | Click) -> None:
        if len(what.path) > LONGEST_PATH or len(what.host) > LONGEST_HOST:
            return
        if self.begin is not None:
            self.begin()
        self.waiting.append((reader, what))

    def flush(self, write: Callable[[Counter[View | Click]], None]) -> None:
        """Hand over all views that wait, without who had them; those that a database which is gone has not taken are
        kept for the next time, and those that can never be written are dropped."""
        now = self.clock()
        # Others may append meanwhile.
        for _turn in range(len(self.waiting)):
            reader, view = self.waiting.popleft()
            is_known = view in self.unwritten
            if (is_known or not self._is_full()) and not self.memory.is_robot(reader, now):
                self.unwritten[view] += 1
                self.characters += 0 if is_known else _characters(view)
        parts = [list(self.unwritten)] if self.unwritten else []
        failures = 0
        while parts:
            part = parts.pop()
            try:
                write(Counter({view: self.unwritten[view] for view in part}))
            except Exception as error:
                # What the database says of itself is over some time; what it says of a value is not.
                if isinstance(error, Error) and not isinstance(error, DataError):
                    if self._is_full():
                        self._lose(list(self.unwritten), error)
                    raise
                failures += 1
                if len(part) > 1 and failures <= MOST_FAILURES:
                    middle = len(part) // 2
                    parts += [part[middle:], part[:middle]]
                else:
                    self._lose(part, error)
            else:
                self._forget(part)

    def _is_full(self) -> bool:
        return len(self.unwritten) >= MOST_UNWRITTEN or self.characters >= MOST_CHARACTERS

    def _lose(self, views: list[View | Click], error: Exception) -> None:
        number = sum(self.unwritten[view] for view in views)
        logger.error("%d views could not be written and are lost", number, exc_info=error)
        self._forget(views)

    def _forget(self, views: list[View | Click]) -> None:
        for view in views:
            del self.unwritten[view]
            self.characters -= _characters(view)


class CountedAnswers:
    """Counts the pages that the wrapped application answers with, kept answers included."""

    def __init__(self, application: Application, counter: ViewCounter):
        self.application, self.counter = application, counter
        self.gives_kept = getattr(application, "gives_kept", False)
        self.prefixes = (*(f"/{code}/" for code, _name in settings.LANGUAGES), DOCUMENTS)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == CLICKS:
            return self._note_click(environ, start_response)
        if not self._may_be_a_view(environ):
            return self.application(environ, start_response)

        is_document = environ["PATH_INFO"].startswith(DOCUMENTS)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if status.startswith(SHOWN) and (is_document or _is_html(status, headers)):
                try:
                    self.counter.count(environ)
                except Exception:
                    # Whatever happens here, the reader gets the page.
                    logger.exception("A view could not be counted")
            return start_response(status, headers, *more)

        return self.application(environ, start)

    def _may_be_a_view(self, environ: dict[str, Any]) -> bool:
        """Whether a reader of public pages asks to see one, and has not asked to be left out."""
        if environ["REQUEST_METHOD"] != "GET" or not environ.get("PATH_INFO", "").startswith(self.prefixes):
            return False
        if _is_left_out(environ):
            return False
        # A browser that fetches a page before anybody wants to see it, or as a part of another.
        purpose = (
            environ.get("HTTP_SEC_PURPOSE", "") or environ.get("HTTP_PURPOSE", "") or environ.get("HTTP_X_MOZ", "")
        )
        return "prefetch" not in purpose and environ.get("HTTP_SEC_FETCH_DEST", "document") == "document"

    def _note_click(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Take what a script of our own pages tells; whatever it is, the answer says nothing."""
        is_told = environ["REQUEST_METHOD"] == "POST"
        if is_told and not _is_left_out(environ) and _comes_from_own_page(environ):
            try:
                if (told := _told(environ)) is not None:
                    self.counter.count_click(environ, *told)
            except Exception:
                logger.exception("A click could not be counted")
        headers = [("Cache-Control", "no-store"), ("Content-Length", "0")]
        start_response("204 No Content" if is_told else "405 Method Not Allowed", headers)
        return BytesIO()


def _characters(what: View | Click) -> int:
    return sum(len(part) for part in what if isinstance(part, str))


def _is_left_out(environ: dict[str, Any]) -> bool:
    """Whether a request is of the newsroom's people, of readers who gave the password of a page, or of who objects."""
    cookies = environ.get("HTTP_COOKIE")
    if cookies and (settings.SESSION_COOKIE_NAME in cookies or f"{REFUSAL}=" in cookies):
        return True
    # Global Privacy Control, and the older wish not to be tracked.
    return environ.get("HTTP_SEC_GPC") == "1" or environ.get("HTTP_DNT") == "1"


def _comes_from_own_page(environ: dict[str, Any]) -> bool:
    """Whether a browser says that a page of this very host sends this; every browser does, with a POST."""
    _scheme, mark, host = environ.get("HTTP_ORIGIN", "").partition("://")
    return bool(mark) and host.lower() == environ.get("HTTP_HOST", "").lower()


def _told(environ: dict[str, Any]) -> tuple[str, str] | None:
    """The path of a page, as WSGI would give it, and the host of a link in it; None for anything else."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LONGEST_CLICK:
        return None
    body = environ["wsgi.input"].read(int(length))
    try:
        said = dict(parse_qsl(body.decode("ascii"), max_num_fields=2))
    except ValueError:
        return None
    path, target = unquote_to_bytes(said.get("page", "")).decode("latin-1"), said.get("to", "").lower()
    is_host = HOST.fullmatch(target) is not None and len(target) <= LONGEST_HOST
    return (path, target) if path.startswith("/") and is_host else None


def _is_html(status: str, headers: list[tuple[str, str]]) -> bool:
    """Whether the answer is a page, or leads the browser to the one that it has kept, of which a 304 says nothing."""
    of_type = (value for name, value in headers if name.lower() == "content-type")
    return status.startswith("304") or next(of_type, "").startswith("text/html")
