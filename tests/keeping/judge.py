"""Compares, after each act, what two processes that know nothing render: one asks in order, the other backwards."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.core.handlers.wsgi import WSGIHandler
from django.db.models import Q
from wagtail.models import Page, Site

from tests.keeping.asking import Answer, Question, ask, knowing_nothing
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


@dataclass
class Judge:
    world: World
    compared: int = 0
    wrong: list[str] = field(default_factory=list)
    known: list[Question] = field(default_factory=list)

    def look(self, said: str, questions: list[Question]) -> None:
        asked = [replace(question, **self.world.chance.choice(VARIANTS)) for question in dict.fromkeys(questions)]
        one, other = _answers(asked), _answers(reversed(asked))
        for question in asked:
            self.compared += 1
            if one[question].code in FAULTS:
                self.wrong.append(f"after “{said}”: {question}: {one[question].status}")
            if differences := one[question].without_tickets().differences(other[question].without_tickets()):
                self.wrong.append(f"after “{said}”: {question}: {'; '.join(differences)[:900]}")

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


def _answers(questions: Iterable[Question]) -> dict[Question, Answer]:
    application = WSGIHandler()
    with knowing_nothing():
        return {question: ask(application, question) for question in questions}
