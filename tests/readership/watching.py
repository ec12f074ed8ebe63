"""A counter around the real portal, as in `portal.wsgi`, browser-like requests, and view totals for reports."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlencode

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory
from django.utils import timezone
from wagtail.models import Page

from portal.readership.counting.counter import CountedResponses, ViewCounter
from portal.readership.counting.short_memory import ShortMemory
from portal.readership.links import PageLinks
from portal.readership.models import PageDay, PlaceDay
from portal.readership.writing import write
from tests.builders import SampleSite

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
PHONE = "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"
TABLET = "Mozilla/5.0 (Linux; Android 16; SM-X910) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"
BROWSER = {
    "User-Agent": FIREFOX,
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "fr,en;q=0.5",
    "Sec-Fetch-Dest": "document",
}
NOON = datetime(2026, 11, 20, 11, 5, tzinfo=UTC)


def small_memory() -> ShortMemory:
    return ShortMemory(views=1 << 12, paces=1 << 8)


@contextmanager
def connection_stays_open() -> Iterator[None]:
    """As in Django's test client, the end of a request must not close the connection with the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@dataclass
class Watched:
    """`now` is the counter's time; each reader has their own address unless one is passed."""

    now: datetime = NOON
    readers: int = 0
    counter: ViewCounter = field(init=False)
    application: Any = None
    django: Any = field(init=False)

    def __post_init__(self) -> None:
        self.counter = ViewCounter(small_memory(), clock=lambda: self.now.timestamp())
        self.django = self.application or WSGIHandler()
        self.application = CountedResponses(self.django, self.counter)

    def request(
        self,
        ground: SampleSite,
        path: str,
        *,
        address: str = "",
        method: str = "GET",
        body: bytes = b"",
        **headers: str | None,
    ) -> tuple[str, dict[str, str]]:
        """Request a path as a browser; `None` removes a header. Return the status and the headers."""
        self.readers += 1
        sent = BROWSER | {"Host": ground.host} | {name.replace("_", "-").title(): headers[name] for name in headers}
        request = RequestFactory().generic(
            method,
            path,
            body,
            headers={name: value for name, value in sent.items() if value is not None},
            REMOTE_ADDR=address or f"192.0.2.{self.readers % 250}",
        )
        # Django's test request decodes the path, which no server does.
        request.environ["PATH_INFO"] = unquote_to_bytes(path.partition("?")[0]).decode("latin-1")
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            started[:] = [status, dict(headers)]

        with connection_stays_open(), closing(self.application(request.environ, start)) as response:
            list(response)
        return started[0], started[1]

    def read(self, ground: SampleSite, page: Page, rest: str = "", **headers: Any) -> None:
        """Open a page, which must exist."""
        status, _headers = self.request(ground, quote(ground.address(page), safe="/") + rest, **headers)
        assert status.startswith(("200", "304")), status

    def click(self, ground: SampleSite, page: Page, target: str, **headers: Any) -> str:
        """Report a click as the page's script does; return the status."""
        body = urlencode({"page": quote(ground.address(page), safe="/"), "to": target}).encode()
        sent = {"origin": f"http://{ground.host}", "accept": "*/*", "sec_fetch_dest": "empty"} | headers
        return self.request(ground, "/-/click", method="POST", body=body, **sent)[0]

    def write(self) -> None:
        with connection_stays_open():
            self.counter.flush(partial(write, linked_hosts=PageLinks(self.django).hosts))

    def views(self, page: Page) -> int:
        """All of a page's stored views."""
        self.write()
        return sum(PageDay.objects.filter(page=page.pk).values_list("views", flat=True))

    def sums(self, page: Page) -> dict[str, int]:
        """The totals of a page that are not zero, without the hours."""
        self.write()
        found: dict[str, int] = {}
        for row in PageDay.objects.filter(page=page.pk).values():
            for name, value in row.items():
                if name not in ("id", "site_id", "day", "page_id") and not name.startswith("hour_") and value:
                    found[name] = found.get(name, 0) + value
        return found


def days_of(page: Page) -> Iterator[tuple[date, int]]:
    for row in PageDay.objects.filter(page=page.pk).order_by("day"):
        yield date.fromordinal(row.day), row.views


def today() -> date:
    return timezone.localtime().date()


def read(ground: SampleSite, page: Page, views: int, days_ago: int = 0, **parts: int) -> None:
    """Store `views` of a page on a day, which also count for its sections and the home page."""
    day = (today() - timedelta(days=days_ago)).toordinal()
    facts: dict[str, Any] = {"views": views, "hour_12": views, **parts}
    PageDay.objects.create(site=ground.site, page=page.page_ptr, day=day, **facts)
    places = [*page.get_ancestors().filter(depth__gt=1), page.page_ptr]
    for place in places:
        if place.depth == 2 or place.specific.is_section:
            known, is_new = PlaceDay.objects.get_or_create(site=ground.site, place=place, day=day, defaults=facts)
            if not is_new:
                for name, value in facts.items():
                    setattr(known, name, getattr(known, name) + value)
                known.save()
