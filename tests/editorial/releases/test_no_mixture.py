"""Readers of two sites, who ask for everything all the time, see a release and its undo entirely or not at all."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from threading import Event, Thread
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from portal.editorial.records.releases import Release
from portal.editorial.releases.building import add_page
from portal.editorial.releases.undoing import undo
from portal.editorial.roles import Role, group_of
from portal.platform.caching.wsgi_cache import ResponseCache
from tests.builders import change, make_article, make_member, make_newsroom, make_site
from tests.database_copies import Installation, finished
from tests.editorial.drafts import draft, rewrite
from tests.editorial.releases.made import TAKE_DOWN, again, approve_as, in_the_past, release_of
from tests.page_cache.wire import Request

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
# Sitemaps have addresses only, and the address of the changed page stays.
STATES = {BEFORE, AFTER, frozenset({"disparue"}), frozenset({"apparue"})}
PAUSE = 0.05
# Waits for a line of input after it is ready, so that it begins while readers are asking.
RUN = """
from django.utils import timezone
from portal.editorial.releases.carrying_out import run_releases
print("ready", flush=True)
input()
assert not run_releases(timezone.now())
"""

_readers = count()


class Poller:
    """A reader who asks a web worker for all surfaces of a site in turn. `seen` has what each response showed."""

    def __init__(self, worker: ResponseCache, host: str, *, is_uncached: bool):
        self.worker, self.host = worker, host
        # A request with this header is not cached.
        self.headers = (("Range", "items=0-"),) if is_uncached else ()
        self.seen: list[tuple[str, int, frozenset[str]]] = []

    def run(self, stopped: Event) -> None:
        code = HOSTS[self.host]
        while not stopped.is_set():
            for surface in SURFACES:
                path = surface.format(code=code, search=SEARCH[code])
                self.seen.append((f"{self.host}{path}", *self.ask(path)))
                time.sleep(PAUSE)
        connections.close_all()

    def ask(self, path: str) -> tuple[int, frozenset[str]]:
        started: list[str] = []
        environ = Request(self.host, path, headers=self.headers).environ()
        # Each request comes from another reader, because one reader would be limited.
        number = next(_readers)
        environ["REMOTE_ADDR"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        body = self.worker(environ, lambda status, headers, exc_info=None: started.append(status))
        try:
            text = b"".join(body).decode().lower()
        finally:
            getattr(body, "close", lambda: None)()
        return int(started[0][:3]), frozenset(word for word in BEFORE | AFTER if word in text)


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


def built(installation: Installation) -> tuple[Release, Any]:
    """An approved release of both sites whose minute has come, and its approver."""
    with installation.here():
        grounds = [make_site(host, (code,)) for host, code in HOSTS.items()]
        for ground in grounds:
            change(ground.home, shelves=[("latest", {"title": "", "count": 6})])
        editors = [make_newsroom(ground)[Role.EDITOR] for ground in grounds]
        approver = make_member("both", *(group_of(ground.site, Role.APPROVER) for ground in grounds))
        release = release_of(editors[0])
        for ground, editor in zip(grounds, editors, strict=True):
            add_page(release, draft(ground, editor, "Commune apparue"), "publish", editor)
            changed = make_article(ground.section, "Commune avant", slug="commune")
            add_page(release, rewrite(changed, editor, title="Commune apres"), "publish", editor)
            add_page(release, make_article(ground.section, "Commune disparue"), TAKE_DOWN, editor)
        approve_as(approver, release)
        return in_the_past(release), approver


def test_pollers_see_all_of_a_release_or_nothing(installation, db):
    release, approver = built(installation)
    workers = [ResponseCache(WSGIHandler(), 16) for _ in range(2)]
    pollers = [Poller(worker, host, is_uncached=number == 1) for number, worker in enumerate(workers) for host in HOSTS]
    scheduler = installation.start("manage.py", "shell", "--no-imports", "-v0", "-c", RUN)
    assert scheduler.stdout.readline().strip() == "ready"
    with installation.here(), polling(pollers):
        rounds(pollers, 1)
        scheduler.stdin.write("\n")
        scheduler.stdin.flush()
        while scheduler.poll() is None:
            time.sleep(PAUSE)
        finished(scheduler)
        rounds(pollers, 1)
        undo(again(release), approver)
        rounds(pollers, 1)

    wrong = [
        (path, code, sorted(words))
        for poller in pollers
        for path, code, words in poller.seen
        if code != 200 or words not in STATES
    ]
    assert wrong == []
    for poller in pollers:
        states = [words for _path, _code, words in poller.seen]
        assert states[0] == states[-1] == BEFORE
        assert AFTER in states
