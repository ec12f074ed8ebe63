"""The lists on somebody's desk: how they are named, registered and read, all of them at one go."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import Page

from portal.core.per_request import per_request
from portal.editorial.dashboard.calendar import PlannedEntry, entries_of
from portal.editorial.work_area import WorkArea

LONGEST = 10
STEP = Page.steplen
HOME_DEPTH = 2


@dataclass(frozen=True)
class DashboardRow:
    """A page in a list: what it is, since when or until when, who did what, and where the links lead.

    `actions` are buttons that do something: each with the address that it is sent to.
    """

    title: str
    path: str
    url: str
    moment: datetime | None = None
    who: str = ""
    note: Any = ""
    comment: str = ""
    links: tuple[tuple[Any, str], ...] = ()
    actions: tuple[tuple[Any, str], ...] = ()


@dataclass(frozen=True)
class DashboardList:
    """`gather` gives the first `LONGEST + 1` rows, so that the list can say that there are more.

    An empty list says `nothing`, or is left out where that is empty; `is_for_publishers`: to those who publish.
    """

    name: str
    heading: Any
    order: int
    gather: Callable[["Dashboard"], Iterable[DashboardRow]]
    moment: Any = ""
    nothing: Any = ""
    is_for_publishers: bool = False


_lists: dict[str, DashboardList] = {}


def dashboard_list(
    **facts: Any,
) -> Callable[[Callable[["Dashboard"], Iterable[DashboardRow]]], Callable[["Dashboard"], Iterable[DashboardRow]]]:
    """Put a list on every desk; the function gathers its rows."""

    def register(
        gather: Callable[["Dashboard"], Iterable[DashboardRow]],
    ) -> Callable[["Dashboard"], Iterable[DashboardRow]]:
        name = gather.__name__
        _lists[name] = DashboardList(name=name, gather=gather, **facts)
        return gather

    return register


def dashboard_lists() -> list[DashboardList]:
    return sorted(_lists.values(), key=lambda each: each.order)


@dataclass
class Dashboard:
    """What one person sees now. Everything is read when the first list is asked for."""

    user: Any
    now: datetime
    reach: WorkArea = field(init=False)
    memory: dict[str, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.reach = WorkArea.of(self.user)

    def recall[T](self, name: str, ask: Callable[[], T]) -> T:
        """What several lists ask the database for, asked once."""
        if name not in self.memory:
            self.memory[name] = ask()
        return self.memory[name]

    @cached_property
    def rows(self) -> dict[str, list[DashboardRow]]:
        return {each.name: list(each.gather(self)) for each in dashboard_lists()}

    @cached_property
    def entries(self) -> list[PlannedEntry]:
        return entries_of(self)

    @cached_property
    def _names(self) -> dict[str, tuple[str, str]]:
        """Title and language of every page above those on the desk, and of the homes that it reaches."""
        paths = [row.path for rows in self.rows.values() for row in rows]
        paths += [entry.path for entry in self.entries]
        wanted = {above for path in paths for above in _above(path)}
        wanted |= {path[: HOME_DEPTH * STEP] for path in (*self.reach.whole, *self.reach.own)}
        pages = Page.objects.filter(path__in=wanted).values_list("path", "title", "locale__language_code")
        return {path: (title, code) for path, title, code in pages}

    def place_of(self, path: str) -> str:
        """Where a page stands: its home page with the language, and the page right above it."""
        above = [each for each in _above(path) if each in self._names]
        if not above:
            return ""
        title, code = self._names[above[0]]
        parts = [f"{title} ({code})"]
        if len(above) > 1:
            parts.append(self._names[above[-1]][0])
        return " › ".join(parts)

    @property
    def homes(self) -> list[str]:
        """The names of the home pages that this person works below."""
        paths = {path[: HOME_DEPTH * STEP] for path in (*self.reach.whole, *self.reach.own)}
        return [f"{title} ({code})" for path, (title, code) in sorted(self._names.items()) if path in paths]


def _above(path: str) -> Iterator[str]:
    """The tree paths from the home page to the page right above; a home page stands for itself."""
    for end in range(HOME_DEPTH * STEP, max(len(path), HOME_DEPTH * STEP + 1), STEP):
        yield path[:end]


def dashboard_of(request: HttpRequest) -> Dashboard:
    return per_request(request.user, "desk", lambda: Dashboard(request.user, timezone.now()))
