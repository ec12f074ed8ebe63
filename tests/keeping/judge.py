"""Compares, after each act, what readers are given with what a process that knows nothing would render."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.models import Q
from wagtail.models import Page, Site

from portal.core.models import ContentVersion
from portal.core.operation.changes import SILENT
from tests.keeping.asking import Question, ask, knowing_nothing
from tests.keeping.workers import Worker
from tests.keeping.world import World, addresses, of_page, of_share_images

VARIANTS = [
    {},
    {"method": "HEAD"},
    {"headers": (("accept-encoding", "gzip"),)},
    {"headers": (("accept-encoding", "gzip, br"),)},
    {"headers": (("accept-language", "de"), ("cookie", "consent=yes"))},
    {"headers": (("accept", "text/html"), ("accept-encoding", "br;q=0, gzip;q=0.5"))},
]
# Of what is kept and said to be right, so many are compared after each act.
MOST_KEPT = 8
# So many more are asked for, to be kept until the next act.
FILL = 6
TABLE = re.compile(r"(?:FROM|JOIN) \"(\w+)\"")
# Where content is of which kind, and what the state itself is asked of, is no content.
NO_CONTENT = {"core_contentversion", "django_content_type"}


@dataclass
class Judge:
    """`workers` go on from act to act, each with its own memory of answers."""

    world: World
    workers: list[Worker]
    compared: int = 0
    hits: int = 0
    wrong: list[str] = field(default_factory=list)
    asked: dict[Question, None] = field(default_factory=dict)
    known: list[Question] = field(default_factory=list)
    state: tuple[int, int] = (0, 0)

    def look(self, said: str, questions: list[Question]) -> None:
        chance = self.world.chance
        # What is right after the state has changed was asked for since.
        state = ContentVersion.state()
        if state != self.state:
            self.asked.clear()
            self.state = state
        kept = [question for question in self.asked if any(worker.has(question) for worker in self.workers)]
        chosen = [replace(question, **chance.choice(VARIANTS)) for question in questions]
        chosen = list(dict.fromkeys([*chance.sample(kept, min(len(kept), MOST_KEPT)), *chosen]))
        for question in chosen:
            with knowing_nothing(forget=question is chosen[0]), read_tables() as tables:
                expected = ask(WSGIHandler(), question)
            if expected.code in (400, 500):
                self.wrong.append(f"after “{said}”: {question}: {expected.status}")
            for number, worker in enumerate(self.workers):
                self.compared += 1
                self.hits += worker.has(question)
                given = worker.ask(question)
                if differences := given.without_tickets().differences(expected.without_tickets()):
                    self.wrong.append(f"after “{said}”, process {number}: {question}: {'; '.join(differences)[:900]}")
                if worker.has(question):
                    self._check_kept(question, expected, tables)
            self.asked[question] = None
        for question in chance.sample(self.known, min(len(self.known), FILL)):
            chance.choice(self.workers).ask(question)
            self.asked[question] = None

    def _check_kept(self, question: Question, expected: Any, tables: set[str]) -> None:
        if expected.is_for_one_reader or expected.code not in (200, 304):
            self.wrong.append(f"{question} is kept, although it is for one reader or {expected.status}")
        if uncounted := (tables & SILENT) - NO_CONTENT:
            self.wrong.append(f"{question} is made from {sorted(uncounted)}, whose changes are not counted")

    def near(self) -> list[Question]:
        """The addresses at which what the last act touched is seen."""
        found: list[Question] = []
        for page in Page.objects.filter(pk__in=self.world.touched).specific():
            if here := self.world.home_of(page):
                ground, code = here
                home = Page.objects.get(path=ground.roots[code])
                host = Site.objects.get(pk=ground.site.pk).hostname
                found += of_page(host, code, home, page)
                above = Page.objects.filter(Q(path=page.path[:-4]) | Q(path=ground.roots[code])).specific()
                found += [question for each in above for question in list(of_page(host, code, home, each))[:1]]
        self.world.touched.clear()
        return list(dict.fromkeys(found))

    def some(self, count: int) -> list[Question]:
        """The addresses that the last act touched, and others at random."""
        if not self.known or self.world.touched:
            self.known = addresses(self.world)
        return [*self.near()[:4], *self.world.chance.sample(self.known, min(len(self.known), count))]

    def all(self, count: int) -> list[Question]:
        known = addresses(self.world)
        return [*self.world.chance.sample(known, min(count, len(known))), *of_share_images(self.world, 1)]


@contextmanager
def read_tables() -> Iterator[set[str]]:
    """The tables that are read within."""
    found: set[str] = set()

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        found.update(TABLE.findall(str(sql)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found
