"""The registry of dashboard lists, and the dashboard of one person. It loads all lists together."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import Page

from portal.content.visibility import HOME_LENGTH
from portal.editorial.dashboard.calendar import PlannedEntry, entries_of
from portal.editorial.work_area import WorkArea
from portal.platform.per_request import per_request

LIST_LENGTH = 10
STEPLEN = Page.steplen


@dataclass(frozen=True)
class DashboardRow:
    """One page in a list, or a person awaiting a decision.

    `links` and `actions` are pairs of label and URL; actions are sent by POST. `path` is the page's tree path. `note`
    is shown beside the page's place in the tree. `comment` is a reviewer's comment.
    """

    title: str
    path: str
    url: str
    date: datetime | None = None
    person: str = ""
    note: Any = ""
    comment: str = ""
    links: tuple[tuple[Any, str], ...] = ()
    actions: tuple[tuple[Any, str], ...] = ()


@dataclass(frozen=True)
class DashboardList:
    """`read_rows` returns up to one row more than `length`, to show that there are more.

    An empty list shows `empty_text` (with `is_for_publishers`, only to people who may publish). Without a text, it is
    hidden. If a list `waits`, its rows need an answer from this person; the dashboard begins with their number.
    """

    name: str
    heading: Any
    order: int
    read_rows: Callable[["Dashboard"], Iterable[DashboardRow]]
    # The heading of the first column, if the list does not contain pages.
    subject_label: Any = ""
    date_label: Any = ""
    empty_text: Any = ""
    is_for_publishers: bool = False
    waits: bool = False
    # The URL of the complete list.
    all_url: Callable[[], str] | None = None
    length: int = LIST_LENGTH


_lists: dict[str, DashboardList] = {}


def dashboard_list[F: Callable[..., Any]](**options: Any) -> Callable[[F], F]:
    """Register the decorated function as the reader of a list; `options` are fields of `DashboardList`."""

    def register(read_rows: F) -> F:
        name = read_rows.__name__
        _lists[name] = DashboardList(name=name, read_rows=read_rows, **options)
        return read_rows

    return register


def dashboard_lists() -> list[DashboardList]:
    return sorted(_lists.values(), key=lambda each: each.order)


@dataclass
class Dashboard:
    """One person's dashboard. The first list shown loads the rows of all lists."""

    user: Any
    now: datetime
    work_area: WorkArea = field(init=False)
    cache: dict[str, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.work_area = WorkArea.of(self.user)

    def cached[T](self, name: str, read: Callable[[], T]) -> T:
        if name not in self.cache:
            self.cache[name] = read()
        return self.cache[name]

    @cached_property
    def rows(self) -> dict[str, list[DashboardRow]]:
        return {each.name: list(each.read_rows(self)) for each in dashboard_lists()}

    @cached_property
    def planned(self) -> list[PlannedEntry]:
        return entries_of(self)

    @property
    def entries(self) -> list[PlannedEntry]:
        """The planned entries of the next two weeks."""
        return [entry for entry in self.planned if entry.at >= self.now]

    @property
    def late(self) -> list[PlannedEntry]:
        """The overdue entries."""
        return [entry for entry in self.planned if entry.at < self.now]

    @cached_property
    def _titles(self) -> dict[str, tuple[str, str]]:
        """The titles and languages of home pages and of all listed pages' ancestors, by tree path."""
        paths = [row.path for rows in self.rows.values() for row in rows]
        paths += [entry.path for entry in self.planned]
        wanted = {ancestor for path in paths for ancestor in _ancestor_paths(path)}
        wanted |= {path[:HOME_LENGTH] for path in (*self.work_area.full_paths, *self.work_area.own_paths)}
        pages = Page.objects.filter(path__in=wanted).values_list("path", "title", "locale__language_code")
        return {path: (title, code) for path, title, code in pages}

    def place_of(self, path: str) -> str:
        """A page's place in the tree: its home page with the language, then its parent."""
        ancestors = [each for each in _ancestor_paths(path) if each in self._titles]
        if not ancestors:
            return ""
        title, code = self._titles[ancestors[0]]
        parts = [f"{title} ({code})"]
        if len(ancestors) > 1:
            parts.append(self._titles[ancestors[-1]][0])
        return " › ".join(parts)

    @property
    def homes(self) -> list[str]:
        """The titles and languages of the home pages below which this person works."""
        paths = {path[:HOME_LENGTH] for path in (*self.work_area.full_paths, *self.work_area.own_paths)}
        return [f"{title} ({code})" for path, (title, code) in sorted(self._titles.items()) if path in paths]


def _ancestor_paths(path: str) -> Iterator[str]:
    """The tree paths from the home page to the parent; a home page's own path for a home page."""
    for end in range(HOME_LENGTH, max(len(path), HOME_LENGTH + 1), STEPLEN):
        yield path[:end]


def dashboard_of(request: HttpRequest) -> Dashboard:
    return per_request(request.user, "dashboard", lambda: Dashboard(request.user, timezone.now()))
