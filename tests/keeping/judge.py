"""Compares, after each act, what workers give with what processes that know nothing render.

Two of these are asked: one in order, the other backwards.
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
from tests.keeping.asking import Answer, Question, ask, knowing_nothing
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
FAULTS = (400, 500)
# Of what a worker keeps and takes for right, so many are compared after each act.
MOST_KEPT = 8
# So many more are asked for, to be kept until the next act.
FILL = 6
TABLE = re.compile(r"(?:FROM|JOIN) \"?(\w+)\"?")
# What the state itself is asked of.
STATE = "core_contentchange"


@dataclass(frozen=True)
class Rendered:
    """A fresh answer, and the tables that it was made from."""

    answer: Answer
    tables: frozenset[str]


@dataclass
class Judge:
    """`workers` go on from act to act, each with a memory of its own; `hits` are answers that they had kept."""

    world: World
    workers: list[Worker]
    compared: int = 0
    hits: int = 0
    wrong: list[str] = field(default_factory=list)
    known: list[Question] = field(default_factory=list)
    asked: dict[Question, None] = field(default_factory=dict)
    mark: int | None = None

    def look(self, said: str, questions: list[Question]) -> None:
        chance = self.world.chance
        # Whatever is right after the content has changed was asked for since.
        if (mark := content_version()) != self.mark:
            self.asked.clear()
            self.mark = mark
        kept = [question for question in self.asked if any(worker.has(question) for worker in self.workers)]
        asked = [replace(question, **chance.choice(VARIANTS)) for question in dict.fromkeys(questions)]
        asked = list(dict.fromkeys([*chance.sample(kept, min(len(kept), MOST_KEPT)), *asked]))
        one, other = _answers(asked), _answers(reversed(asked))
        for question in asked:
            fresh = one[question].answer
            if fresh.code in FAULTS:
                self.wrong.append(f"after “{said}”: {question}: {fresh.status}")
            self._compare(f"after “{said}”: {question}", other[question].answer, fresh)
            for number, worker in enumerate(self.workers):
                has = worker.has(question)
                self.hits += has
                self._compare(f"after “{said}”, worker {number}: {question}", worker.ask(question), fresh)
                if has or worker.has(question):
                    self._check_kept(question, one[question])
            self.asked[question] = None
        for question in chance.sample(self.known, min(len(self.known), FILL)):
            chance.choice(self.workers).ask(question)
            self.asked[question] = None

    def _compare(self, what: str, given: Answer, fresh: Answer) -> None:
        self.compared += 1
        if differences := given.without_tickets().differences(fresh.without_tickets()):
            self.wrong.append(f"{what}: {'; '.join(differences)[:900]}")

    def _check_kept(self, question: Question, fresh: Rendered) -> None:
        if fresh.answer.is_for_one_reader or fresh.answer.code not in (200, 304):
            self.wrong.append(f"{question} is kept, although it is for one reader or {fresh.answer.status}")
        if uncounted := fresh.tables & _unseen_tables() - {STATE}:
            self.wrong.append(f"{question} is made from {sorted(uncounted)}, whose changes are not marked")

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
        return list(dict.fromkeys(found))

    def some(self, count: int) -> list[Question]:
        """The addresses that the last act touched, and others at random."""
        if not self.known or self.world.touched:
            self.known = addresses(self.world)
        found = [*self.near()[:4], *self.world.chance.sample(self.known, min(len(self.known), count))]
        self.world.touched.clear()
        return found

    def all(self, count: int) -> list[Question]:
        known = addresses(self.world)
        return [*self.world.chance.sample(known, min(count, len(known))), *of_share_images(self.world, 1)]


def _answers(questions: Iterable[Question]) -> dict[Question, Rendered]:
    application, found = WSGIHandler(), {}
    with knowing_nothing():
        for question in questions:
            with read_tables() as tables:
                answer = ask(application, question)
            found[question] = Rendered(answer, frozenset(tables))
    return found


@cache
def _unseen_tables() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table for model in models if model._meta.label in UNSEEN}


@contextmanager
def read_tables() -> Iterator[set[str]]:
    """The tables that are read within."""
    found: set[str] = set()

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        found.update(TABLE.findall(str(sql)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found
