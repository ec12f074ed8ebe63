"""The registry of dashboard lists, and the dashboard of one person. It loads all lists together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from portal.content.visibility import HOME_LENGTH
from portal.editorial.dashboard.calendar import CalendarItem, CalendarPeriod, read_entries, work_sources
from portal.editorial.dashboard.places import Places
from portal.editorial.work_area import WorkArea
from portal.platform.per_request import per_request

LIST_LENGTH = 10
DAYS = 14
# Entries that have been overdue for longer are dropped.
LATE_DAYS = 30
MAX_ENTRIES = 1000


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
    def planned(self) -> list[CalendarItem]:
        """The calendar's entries of the next two weeks, and earlier ones that have not happened."""
        last = timezone.make_aware(datetime.combine(timezone.localdate(self.now) + timedelta(days=DAYS), time.min))
        first = self.now - timedelta(days=LATE_DAYS)
        return read_entries(work_sources, CalendarPeriod(self.work_area, self.now, first, last, limit=MAX_ENTRIES))

    @property
    def entries(self) -> list[CalendarItem]:
        """The planned entries of the next two weeks."""
        return [entry for entry in self.planned if entry.over_at > self.now]

    @property
    def late(self) -> list[CalendarItem]:
        """The overdue entries."""
        return [entry for entry in self.planned if entry.is_late(self.now)]

    @cached_property
    def _places(self) -> Places:
        paths = [row.path for rows in self.rows.values() for row in rows]
        return Places([*paths, *(entry.path for entry in self.planned), *self._home_paths])

    @property
    def _home_paths(self) -> set[str]:
        return {path[:HOME_LENGTH] for path in (*self.work_area.full_paths, *self.work_area.own_paths)}

    def place_of(self, path: str) -> str:
        return self._places.of(path)

    @property
    def homes(self) -> list[str]:
        """The titles and languages of the home pages below which this person works."""
        return [home for path in sorted(self._home_paths) if (home := self._places.home_of(path))]


def dashboard_of(request: HttpRequest) -> Dashboard:
    return per_request(request.user, "dashboard", lambda: Dashboard(request.user, timezone.now()))
