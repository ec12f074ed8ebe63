"""The calendar's rows: entries with their place, their person and the address at which they are moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from wagtail.permission_policies.pages import PagePermissionPolicy

from portal.content.visibility import HOME_LENGTH
from portal.editorial.dashboard.calendar import (
    OPEN,
    CalendarItem,
    CalendarPeriod,
    EntryState,
    calendar_sources,
    names_of_people,
    read_entries,
)
from portal.editorial.dashboard.lists import LATE_DAYS
from portal.editorial.dashboard.places import Places
from portal.editorial.planning.filters import CalendarFilters, midnight


@dataclass(frozen=True)
class Rights:
    """The tree paths below which a user may change all pages, their own pages, and schedules."""

    user: Any
    changes: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    publishes: tuple[str, ...] = ()

    @classmethod
    def of(cls, user: Any) -> "Rights":
        granted = [] if user.is_superuser else PagePermissionPolicy().get_cached_permissions_for_user(user)

        def below(codename: str) -> tuple[str, ...]:
            return tuple({each.page.path for each in granted if each.permission.codename == codename})

        return cls(user, below("change_page"), below("add_page"), below("publish_page"))

    def may_move(self, entry: CalendarItem) -> bool:
        """Whether the calendar offers to move an entry. The move itself checks the page's own permissions."""
        if self.user.is_superuser:
            edits = publishes = True
        else:
            is_own = entry.owner == self.user.pk and entry.path.startswith(self.adds)
            edits = is_own or entry.path.startswith(self.changes)
            publishes = entry.path.startswith(self.publishes)
        if entry.state in (EntryState.APPEARS, EntryState.EMBARGO):
            return publishes or (edits and entry.author == self.user.pk)
        return edits and entry.state in OPEN and (entry.is_plan or entry.state != EntryState.REVIEW)


@dataclass(frozen=True)
class CalendarRow:
    """An entry as shown. `home` is empty if all entries are from one home page."""

    entry: CalendarItem
    section: str
    home: str
    person: str
    move_url: str
    is_late: bool


@dataclass(frozen=True)
class CalendarDay:
    """A day with the rows that fit, and the number of others."""

    date: date
    is_today: bool
    is_past: bool
    # In a month: a day of the month before or after.
    is_outside: bool
    rows: list[CalendarRow]
    more: int
    # The list that begins with this day.
    list_url: str


def entries_shown(filters: CalendarFilters) -> tuple[list[CalendarItem], list[CalendarItem]]:
    """The entries of the days shown, and the late ones before them, if today is among these days."""
    first, last = midnight(filters.days[0]), midnight(filters.days[-1] + (date.resolution))
    start = first
    if filters.days[0] <= filters.today <= filters.days[-1]:
        start = min(first, midnight(filters.today - LATE_DAYS * date.resolution))
    period = CalendarPeriod(filters.area, filters.now, start, last, filters.paths)
    found = filters.select(read_entries(calendar_sources, period))
    late = [entry for entry in found if entry.at < first and entry.is_late(filters.now)]
    return [entry for entry in found if entry.at >= first], late


def rows_of(entries: Iterable[CalendarItem], filters: CalendarFilters, back: str) -> list[CalendarRow]:
    """The rows; the number of queries does not depend on that of the entries. `back` is the calendar's query string."""
    entries = list(entries)
    places, names = Places(entry.path for entry in entries), names_of_people(entries)
    rights = Rights.of(filters.user)
    has_homes = len({entry.path[:HOME_LENGTH] for entry in entries}) > 1
    return [
        CalendarRow(
            entry,
            places.section_of(entry.path),
            places.home_of(entry.path) if has_homes else "",
            names.get(entry.person, ""),
            f"{reverse('planning_move', args=[entry.page])}{back}" if entry.page and rights.may_move(entry) else "",
            entry.is_late(filters.now),
        )
        for entry in entries
    ]


def by_day(entries: Iterable[CalendarItem]) -> dict[date, list[CalendarItem]]:
    found: dict[date, list[CalendarItem]] = {}
    for entry in entries:
        found.setdefault(local_day(entry.at), []).append(entry)
    return found


def local_day(at: datetime) -> date:
    return timezone.localdate(at)
