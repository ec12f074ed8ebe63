"""Readers of two sites who ask for everything all the time, and what each response shows of a release."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Event, Thread
from typing import Any, NamedTuple

from django.db import connections

from portal.editorial.records.releases import Release
from portal.editorial.releases.building import add_page
from portal.editorial.roles import Role, group_of
from tests.builders import change, make_article, make_member, make_newsroom, make_site
from tests.editorial.drafts import draft, rewrite
from tests.editorial.releases.made import TAKE_DOWN, again, approve_as, release_of

HOSTS = {"lorraine.localhost": "fr", "saar.localhost": "de"}
SURFACES = (
    "/{code}/",
    "/{code}/rubrique/",
    "/{code}/feed.rss",
    "/{code}/rubrique/feed.json",
    "/sitemap-{code}-1.xml",
    "/api/v2/pages/?type=articles.ArticlePage&locale={code}",
    "/{code}/{search}/?q=commune",
)
SEARCH = {"fr": "recherche", "de": "suche"}
# Each is in the title and in the address of a page.
BEFORE, AFTER = frozenset({"disparue", "avant"}), frozenset({"apparue", "apres"})
# Sitemaps have addresses only, and the address of a changed page stays; with many pages, some are on other pages of a list.
STATES = {BEFORE, AFTER, *(frozenset({word}) for word in BEFORE | AFTER)}
PAUSE = 0.05

# Responds to a request for the path at the host, by a reader with this number.
type Ask = Callable[[str, str, str], tuple[int, bytes]]

_readers = count()


class Seen(NamedTuple):
    """What a response showed; the times are those of the request and of the response."""

    place: str
    asked: float
    answered: float
    code: int
    words: frozenset[str]

    @property
    def is_whole(self) -> bool:
        """Whether it shows a release entirely, or nothing of it."""
        return self.code == 200 and self.words in STATES


class Poller:
    """A reader who asks for all surfaces of a site in turn."""

    def __init__(self, ask: Ask, host: str):
        self.ask, self.host = ask, host
        self.seen: list[Seen] = []

    def run(self, stopped: Event) -> None:
        code = HOSTS[self.host]
        while not stopped.is_set():
            for surface in SURFACES:
                path = surface.format(code=code, search=SEARCH[code])
                self.seen.append(self.look(path))
                time.sleep(PAUSE)
        connections.close_all()

    def look(self, path: str) -> Seen:
        # Each request comes from another reader, because one reader would be limited.
        number = next(_readers)
        asked = time.time()
        code, body = self.ask(self.host, path, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
        text = body.decode().lower()
        words = frozenset(word for word in BEFORE | AFTER if word in text)
        return Seen(f"{self.host}{path}", asked, time.time(), code, words)


@contextmanager
def polling(pollers: list[Poller]) -> Iterator[None]:
    stopped = Event()
    threads = [Thread(target=poller.run, args=[stopped]) for poller in pollers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


def rounds(pollers: list[Poller], number: int) -> None:
    """Wait until each poller has asked for all surfaces this many times more."""
    wanted = [len(poller.seen) + number * len(SURFACES) for poller in pollers]
    deadline = time.monotonic() + 240
    while any(len(each.seen) < count for each, count in zip(pollers, wanted, strict=True)):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def approved_release(changed: int = 1, new: int = 1) -> tuple[Release, Any]:
    """An approved release of both sites, with these numbers of pages in each and one taken down, and its approver."""
    grounds = [make_site(host, (code,)) for host, code in HOSTS.items()]
    for ground in grounds:
        change(ground.home, shelves=[("latest", {"title": "", "count": 6})])
    editors = [make_newsroom(ground)[Role.EDITOR] for ground in grounds]
    approver = make_member("both", *(group_of(ground.site, Role.APPROVER) for ground in grounds))
    release = release_of(editors[0])
    for ground, editor in zip(grounds, editors, strict=True):
        for number in range(changed):
            page = make_article(ground.section, f"Commune avant {number}", slug=f"commune-{number}")
            add_page(release, rewrite(page, editor, title=f"Commune apres {number}"), "publish", editor)
        for number in range(new):
            add_page(release, draft(ground, editor, f"Commune apparue {number}"), "publish", editor)
        add_page(release, make_article(ground.section, "Commune disparue"), TAKE_DOWN, editor)
    approve_as(approver, release)
    return again(release), approver
