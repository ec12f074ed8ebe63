"""Compares the workers' responses with uncached renderings after each action.

Every request is rendered twice: once in order, once in reverse.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.apps import apps
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.models import Q
from wagtail.models import Page, Site

from portal.platform.operation.changes import UNSEEN, content_version
from tests.page_cache.wire import Request, Response, send, without_caches
from tests.page_cache.workers import Worker
from tests.page_cache.world import World, addresses, of_page, of_share_images

VARIANTS = [
    {},
    {"method": "HEAD"},
    {"headers": (("accept-encoding", "gzip"),)},
    {"headers": (("accept-encoding", "gzip, br"),)},
    {"headers": (("accept-language", "de"), ("cookie", "consent=yes"))},
    {"headers": (("accept", "text/html"), ("accept-encoding", "br;q=0, gzip;q=0.5"))},
]
FAULTS = (400, 500)
# The number of cached responses compared after each action.
MAX_CACHED = 8
# Further requests, whose responses are cached until the next action.
FILL = 6
TABLE = re.compile(r"(?:FROM|JOIN) \"?(\w+)\"?")
# The table of the content version itself.
VERSIONS = "core_contentchange"


@dataclass(frozen=True)
class Rendered:
    """A rendering, and the tables that it read."""

    response: Response
    tables: frozenset[str]


@dataclass
class Judge:
    """`workers` live on between actions, each with its own store; `hits` counts their cached responses."""

    world: World
    workers: list[Worker]
    compared: int = 0
    hits: int = 0
    wrong: list[str] = field(default_factory=list)
    all_requests: list[Request] = field(default_factory=list)
    sent: dict[Request, None] = field(default_factory=dict)
    version: int | None = None

    def look(self, act: str, requests: list[Request]) -> None:
        chance = self.world.chance
        if (version := content_version()) != self.version:
            self.sent.clear()
            self.version = version
        cached = [request for request in self.sent if any(worker.has(request) for worker in self.workers)]
        sent = [replace(request, **chance.choice(VARIANTS)) for request in dict.fromkeys(requests)]
        sent = list(dict.fromkeys([*chance.sample(cached, min(len(cached), MAX_CACHED)), *sent]))
        one, other = _renderings(sent), _renderings(reversed(sent))
        for request in sent:
            fresh = one[request].response
            if fresh.code in FAULTS:
                self.wrong.append(f"after “{act}”: {request}: {fresh.status}")
            self._compare(f"after “{act}”: {request}", other[request].response, fresh)
            for number, worker in enumerate(self.workers):
                has = worker.has(request)
                self.hits += has
                self._compare(f"after “{act}”, worker {number}: {request}", worker.send(request), fresh)
                if has or worker.has(request):
                    self._check_cached(request, one[request])
            self.sent[request] = None
        for request in chance.sample(self.all_requests, min(len(self.all_requests), FILL)):
            chance.choice(self.workers).send(request)
            self.sent[request] = None

    def _compare(self, what: str, given: Response, fresh: Response) -> None:
        self.compared += 1
        if differences := given.without_tickets().differences(fresh.without_tickets()):
            self.wrong.append(f"{what}: {'; '.join(differences)[:900]}")

    def _check_cached(self, request: Request, fresh: Rendered) -> None:
        if fresh.response.is_personal or fresh.response.code not in (200, 304):
            self.wrong.append(f"{request} is cached, although it is personal or {fresh.response.status}")
        if unseen := fresh.tables & _unseen_tables() - {VERSIONS}:
            self.wrong.append(f"{request} is made from {sorted(unseen)}, whose changes do not count")

    def near(self) -> list[Request]:
        """Requests for the pages that show the object of the last action."""
        found: list[Request] = []
        for page in Page.objects.filter(pk__in=self.world.touched).specific():
            if here := self.world.home_of(page):
                ground, code = here
                home = Page.objects.get(path=ground.roots[code])
                host = Site.objects.get(pk=ground.site.pk).hostname
                found += of_page(host, code, home, page)
                above = Page.objects.filter(Q(path=page.path[:-4]) | Q(path=ground.roots[code])).specific()
                found += [request for each in above for request in list(of_page(host, code, home, each))[:1]]
        return list(dict.fromkeys(found))

    def some(self, count: int) -> list[Request]:
        """Requests for the object of the last action, and random others."""
        if not self.all_requests or self.world.touched:
            self.all_requests = addresses(self.world)
        found = [*self.near()[:4], *self.world.chance.sample(self.all_requests, min(len(self.all_requests), count))]
        self.world.touched.clear()
        return found

    def all(self, count: int) -> list[Request]:
        known = addresses(self.world)
        return [*self.world.chance.sample(known, min(count, len(known))), *of_share_images(self.world, 1)]


def _renderings(requests: Iterable[Request]) -> dict[Request, Rendered]:
    application, found = WSGIHandler(), {}
    with without_caches():
        for request in requests:
            with read_tables() as tables:
                response = send(application, request)
            found[request] = Rendered(response, frozenset(tables))
    return found


@cache
def _unseen_tables() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table for model in models if model._meta.label in UNSEEN}


@contextmanager
def read_tables() -> Iterator[set[str]]:
    """Collect the names of the tables that the block reads."""
    found: set[str] = set()

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        found.update(TABLE.findall(str(sql)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found
