"""How much of what readers ask for is kept, and whether anybody is given an older answer than before."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from threading import Event, Lock, Thread
from time import perf_counter
from urllib.parse import urljoin, urlsplit

from wagtail.models import Page

from tests.bench.serving.server import Server

LINK = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
NUMBER = re.compile(rb"bench-(\d+)-")
# What is kept is a page, a feed or a calendar; forms with a ticket, files, pictures and searches are not.
NOT_KEPT = re.compile(
    r"/(?:_\w+|recherche|suche|search|documents|pictures|share|static|admin)/|\.(?:png|css|js|svg|pdf)$"
)


@dataclass
class Crawl:
    """`requests` of a second pass over the same addresses, how many were given from memory, and what else came up."""

    requests: int = 0
    hits: int = 0
    missed: list[str] = field(default_factory=list)
    seconds: tuple[float, float] = (0.0, 0.0)


@dataclass
class Watch:
    """`answers` that readers were given while something was published `publications` times."""

    publications: int = 0
    answers: int = 0
    hits: int = 0
    older: int = 0
    failures: int = 0


@dataclass(frozen=True)
class GivenAnswer:
    status: int
    body: bytes
    was_kept: bool
    is_public: bool


def ask(server: Server, host: str, path: str) -> GivenAnswer:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request("GET", path, headers={"Host": host, "Connection": "close"})
        response = connection.getresponse()
        was_kept = response.getheader("Server-Timing", "").endswith("kept")
        is_public = "no-store" not in response.getheader("Cache-Control", "")
        return GivenAnswer(response.status, response.read(), was_kept, is_public)
    finally:
        connection.close()


def crawl(server: Server, hosts: list[str], most: int, workers: int) -> Crawl:
    """Follow every link within these hosts, then ask for all that was found once more, of each of the workers."""
    found: dict[tuple[str, str], None] = {(host, "/fr/"): None for host in hosts}
    found |= {(host, path): None for host in hosts for path in ("/sitemap.xml", "/calendar.ics", "/fr/feed.rss")}
    asked, public = 0, []
    began = perf_counter()
    while asked < min(len(found), most):
        host, path = list(found)[asked]
        asked += 1
        answer = ask(server, host, path)
        if answer.status == 200 and answer.is_public:
            public.append((host, path))
        if b"<html" in answer.body[:200]:
            found |= dict.fromkeys(_links(host, path, answer.body.decode(), hosts))
    first = perf_counter() - began
    # Each worker has a memory of its own.
    for host, path in public * 8 * (workers - 1):
        ask(server, host, path)
    result, began = Crawl(), perf_counter()
    for host, path in public:
        answer = ask(server, host, path)
        result.requests += 1
        result.hits += answer.was_kept
        if not answer.was_kept:
            result.missed.append(f"{host}{path}")
    result.seconds = first, perf_counter() - began
    return result


def _links(host: str, path: str, text: str, hosts: list[str]) -> list[tuple[str, str]]:
    found = []
    for link in LINK.findall(text):
        address = urlsplit(urljoin(f"http://{host}{path}", unescape(link)))
        target = f"{address.path}?{address.query}" if address.query else address.path
        if address.netloc in hosts and not NOT_KEPT.search(address.path):
            found.append((address.netloc, target))
    return found


def watch(server: Server, host: str, path: str, page: Page, readers: int, seconds: int) -> Watch:
    """Publish the page once a second while readers ask, whose answers name the number of the last publication."""
    result, lock, over = Watch(), Lock(), Event()
    # What everybody who asks from now on must see, or something newer.
    least = [0]

    def read() -> None:
        while not over.is_set():
            with lock:
                expected = least[0]
            answer = ask(server, host, path)
            number = NUMBER.search(answer.body)
            seen = int(number.group(1)) if number else 0
            with lock:
                if answer.status != 200:
                    result.failures += 1
                    continue
                result.answers += 1
                result.hits += answer.was_kept
                result.older += seen < expected
                least[0] = max(least[0], seen)

    before, threads = page.title, [Thread(target=read) for _number in range(readers)]
    for thread in threads:
        thread.start()
    try:
        for number in range(1, seconds + 1):
            _publish(page, f"bench-{number}- {before}")
            with lock:
                least[0] = max(least[0], number)
            result.publications += 1
            over.wait(1)
    finally:
        over.set()
        for thread in threads:
            thread.join()
        _publish(page, before)
    return result


def _publish(page: Page, title: str) -> None:
    page.title = title
    page.save_revision().publish()


def as_lines(said: Callable[[str], object], workers: int, crawled: Crawl, watched: Watch) -> None:
    share = crawled.hits / crawled.requests * 100 if crawled.requests else 0
    first, second = crawled.seconds
    said(f"{workers} worker(s)")
    said(f"  second pass: {crawled.hits:,} of {crawled.requests:,} answers kept ({share:.1f} %)")
    said(f"  all addresses in {first:.1f} s rendered, in {second:.1f} s kept")
    for address in crawled.missed[:10]:
        said(f"    not kept: {address}")
    said(f"  {watched.publications} publications, one a second: {watched.answers:,} answers to readers,")
    said(f"  {watched.hits:,} of them kept, {watched.older} older than one before, {watched.failures} failed")
