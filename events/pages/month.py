"""Builds the month view of the calendar, with each day's first events."""

import re
from calendar import Calendar
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Self

from django.db.models import Count, F, Value, Window
from django.db.models.functions import Greatest, Least, RowNumber
from django.http import Http404, QueryDict
from django.utils.formats import get_format

from events.clock import FIRST_YEAR, LAST_YEAR
from events.records.dates import Occurrence, OccurrencePlacementQuerySet
from events.records.rows import EventRow

EVENTS_PER_DAY = 4


@dataclass(frozen=True, order=True)
class Month:
    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse `2027-03`. Raises Http404 for anything else."""
        found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text, re.ASCII)
        if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            raise Http404
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> "Month":
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def previous(self) -> "Month":
        return Month.of(self.first - timedelta(days=1))


@dataclass(frozen=True)
class MonthDay:
    """One cell: `events` are those shown, `count` is the number of all events on the day."""

    date: date
    is_inside: bool
    is_today: bool
    events: tuple[EventRow, ...] = ()
    count: int = 0

    @property
    def more(self) -> int:
        return self.count - len(self.events)


type Weeks = tuple[tuple[MonthDay, ...], ...]


def month_context(
    placements: OccurrencePlacementQuerySet,
    all_placements: OccurrencePlacementQuerySet,
    month: Month,
    today: date,
    params: QueryDict,
) -> dict[str, Any]:
    """Return the template context of a month.

    `placements` are filtered, `all_placements` are not. Raises Http404 for a month before or after all events, so that
    crawlers do not follow links endlessly.
    """
    first, last = _bounds(all_placements, today)
    if not first <= month <= last:
        raise Http404
    weeks = with_events(weeks_of(month, today), placements)
    other_params = params.copy()
    other_params.pop("month", None)
    return {
        "month": month,
        "weeks": weeks,
        "weekdays": [day.date for day in weeks[0]],
        "previous": month.previous if month > first else None,
        "next": month.next if month < last else None,
        "other_params": other_params.urlencode(),
        "count": sum(1 for week in weeks for day in week if day.is_inside and day.count),
    }


def _bounds(placements: OccurrencePlacementQuerySet, today: date) -> tuple[Month, Month]:
    """Return the first and last month with an event, always including this month and the next."""
    days = placements.order_by("first_day").values_list("first_day", flat=True)
    first, last = days.first(), placements.order_by("-first_day").values_list("first_day", flat=True).first()
    current = Month.of(today)
    if first is None or last is None:
        return current, current.next
    return min(Month.of(first), current), max(Month.of(last), current.next)


def weeks_of(month: Month, today: date) -> Weeks:
    """Return the whole weeks that contain the month, starting on the active language's first weekday."""
    # Django counts from Sunday, Python from Monday.
    calendar = Calendar((get_format("FIRST_DAY_OF_WEEK") - 1) % 7)
    return tuple(
        tuple(MonthDay(day, Month.of(day) == month, day == today) for day in week)
        for week in calendar.monthdatescalendar(month.year, month.number)
    )


def with_events(weeks: Weeks, placements: OccurrencePlacementQuerySet) -> Weeks:
    """Add its first events and event count to each day, in three queries."""
    first, last = weeks[0][0].date, weeks[-1][-1].date
    spans = (
        placements.on_days(first, last)
        .order_by()
        .annotate(from_day=Greatest(F("first_day"), Value(first)), to_day=Least(F("last_day"), Value(last)))
    )
    counts: Counter[date] = Counter()
    for begin, end, count in spans.values_list("from_day", "to_day").annotate(n=Count("pk")).order_by():
        counts.update(dict.fromkeys(_each_day(begin, end), count))
    ranked = spans.annotate(
        rank=Window(RowNumber(), partition_by=F("from_day"), order_by=[F("start").asc(), F("occurrence_id").asc()])
    ).filter(rank__lte=EVENTS_PER_DAY)
    by_day: dict[date, list[int]] = defaultdict(list)
    for key, begin, end in ranked.order_by("start", "occurrence_id").values_list("occurrence_id", "from_day", "to_day"):
        for day in _each_day(begin, end):
            by_day[day].append(key)
    shown = {day: keys[:EVENTS_PER_DAY] for day, keys in by_day.items()}
    all_shown = {key for keys in shown.values() for key in keys}
    found = Occurrence.objects.filter(pk__in=all_shown, event__live=True).as_rows()
    return tuple(
        tuple(
            replace(
                day,
                events=tuple(found[key] for key in shown.get(day.date, ()) if key in found),
                count=counts[day.date],
            )
            for day in week
        )
        for week in weeks
    )


def _each_day(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
