"""Counts what readers are shown, around whatever gives the answer: a WSGI application that asks no database."""

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.http import HttpRequest

from portal.core.readers.sources import source_of
from portal.readership.agents import device_of, is_robot
from portal.readership.referrals import referral_of
from portal.readership.short_memory import ShortMemory

type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# The finest part of time in which all time zones have the same day and hour.
QUARTER = 900
# Files that readers download; all else that is counted is a page below its language.
DOCUMENTS = "/documents/"
# The cookie of readers who have objected, by the button of the privacy notice.
REFUSAL = "uncounted"
# The answer, or that the one that the browser has kept is still right.
SHOWN = ("200", "304")
# Beyond so many views that wait, and so many different ones that could not be written, further ones are not counted.
MOST_WAITING, MOST_UNWRITTEN = 200_000, 200_000

logger = logging.getLogger(__name__)


class View(NamedTuple):
    """One view of a page, without who had it. `referrer` is a host of which only the database knows what it is."""

    host: str
    path: str
    quarter: int
    source: str
    referrer: str
    device: str


class Asking(NamedTuple):
    """The part of a request that tells where it comes from."""

    META: dict[str, Any]


class ViewCounter:
    """The views that this process has counted and not yet written."""

    def __init__(self, memory: ShortMemory | None = None, clock: Callable[[], float] = time.time):
        self.memory = memory or ShortMemory()
        self.clock = clock
        self.waiting: deque[tuple[int, View]] = deque()
        self.unwritten: Counter[View] = Counter()
        # Called before the first view is counted, in the process that counts it.
        self.begin: Callable[[], None] | None = None

    def count(self, environ: dict[str, Any]) -> None:
        """Note the view of the page that was asked for, unless it is none of a reader's."""
        name = environ.get("HTTP_USER_AGENT", "")
        if is_robot(name, environ.get("HTTP_ACCEPT", ""), environ.get("HTTP_ACCEPT_LANGUAGE", "")):
            return
        now = self.clock()
        address = source_of(cast(HttpRequest, Asking(environ)))
        if self.memory.is_crowded(address, now):
            return
        reader = self.memory.reader(address, name, now)
        if self.memory.is_robot(reader, now, counts=True) or len(self.waiting) >= MOST_WAITING:
            return
        host = environ.get("HTTP_HOST", "").lower()
        path = environ["PATH_INFO"]
        if self.memory.is_repeated(reader, f"{host}{path}", now):
            return
        source, referrer = referral_of(environ.get("HTTP_REFERER", ""), environ.get("QUERY_STRING", ""), host)
        if self.begin is not None:
            self.begin()
        self.waiting.append((reader, View(host, path, int(now) // QUARTER, source, referrer, device_of(name))))

    def flush(self, write: Callable[[Counter[View]], None]) -> None:
        """Hand over all views that wait, without who had them; what could not be written is kept for the next time."""
        now = self.clock()
        # Others may append meanwhile.
        for _turn in range(len(self.waiting)):
            reader, view = self.waiting.popleft()
            is_known = view in self.unwritten or len(self.unwritten) < MOST_UNWRITTEN
            if is_known and not self.memory.is_robot(reader, now):
                self.unwritten[view] += 1
        if not self.unwritten:
            return
        try:
            write(self.unwritten)
        except Exception:
            if len(self.unwritten) >= MOST_UNWRITTEN:
                logger.exception("%d views could not be written and are lost", self.unwritten.total())
                self.unwritten = Counter()
            raise
        self.unwritten = Counter()


class CountedAnswers:
    """Counts the pages that the wrapped application answers with, kept answers included."""

    def __init__(self, application: Application, counter: ViewCounter):
        self.application, self.counter = application, counter
        self.prefixes = (*(f"/{code}/" for code, _name in settings.LANGUAGES), DOCUMENTS)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
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
        # The newsroom's people, readers who gave the password of a page, and those who have objected.
        if (cookies := environ.get("HTTP_COOKIE")) and (
            settings.SESSION_COOKIE_NAME in cookies or f"{REFUSAL}=" in cookies
        ):
            return False
        # Global Privacy Control, and the older wish not to be tracked.
        if environ.get("HTTP_SEC_GPC") == "1" or environ.get("HTTP_DNT") == "1":
            return False
        # A browser that fetches a page before anybody wants to see it, or as a part of another.
        purpose = (
            environ.get("HTTP_SEC_PURPOSE", "") or environ.get("HTTP_PURPOSE", "") or environ.get("HTTP_X_MOZ", "")
        )
        return "prefetch" not in purpose and environ.get("HTTP_SEC_FETCH_DEST", "document") == "document"


def _is_html(status: str, headers: list[tuple[str, str]]) -> bool:
    """Whether the answer is a page, or leads the browser to the one that it has kept, of which a 304 says nothing."""
    of_type = (value for name, value in headers if name.lower() == "content-type")
    return status.startswith("304") or next(of_type, "").startswith("text/html")
