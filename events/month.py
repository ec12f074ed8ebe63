"""A month of events as a table: weeks as the language counts them, and the first few events of each day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Self

from django.db.models import Count, F, Value, Window
from django.db.models.functions import Greatest, Least, RowNumber
from django.http import Http404, QueryDict
from django.utils.formats import get_format

from events.clock import FIRST_YEAR, LAST_YEAR
from events.models.dates import Occurrence, OccurrencePlacementQuerySet
from events.models.registrable import SEATING

A_DAY = 4
# What a cell shows of a date, and what its address and its clock need.
SHOWN = [
    *("key", "title", "start", "end", "first_day", "last_day", "is_all_day", "status", "is_withdrawn"),
    *(f"event__{name}" for name in ("title", "url_path", "path", "time_zone", *SEATING)),
    *("seats__taken", "seats__waiting"),
]
WEEK = 7


@dataclass(frozen=True, order=True)
class Month:
    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """The month that is written `2027-03`; Http404 for anything else."""
        year, dash, number = text.partition("-")
        plain = text.isascii() and year.isdigit() and number.isdigit() and len(year) == 4 and len(number) == 2 and dash
        if not plain or not (FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= int(number) <= 12):
            raise Http404
        return cls(int(year), int(number))

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


@dataclass
class MonthDay:
    """One cell: the events that are shown, and how many there are."""

    date: date
    is_inside: bool
    is_today: bool
    events: list[Occurrence] = field(default_factory=list)
    count: int = 0

    @property
    def more(self) -> int:
        return self.count - len(self.events)


def month_context(
    placements: OccurrencePlacementQuerySet,
    everything: OccurrencePlacementQuerySet,
    month: Month,
    today: date,
    params: QueryDict,
) -> dict[str, Any]:
    """The template context of a month; Http404 for one that lies beyond all events, so that crawlers come to an end."""
    first, last = _bounds(everything, today)
    if not first <= month <= last:
        raise Http404
    weeks = weeks_of(month, today)
    days = {day.date: day for week in weeks for day in week}
    fill(days, placements.on_days(min(days), max(days)).order_by())
    kept = params.copy()
    kept.pop("month", None)
    return {
        "month": month,
        "weeks": weeks,
        "weekdays": [day.date for day in weeks[0]],
        "previous": month.previous if month > first else None,
        "next": month.next if month < last else None,
        "kept": kept.urlencode(),
        "count": sum(1 for day in days.values() if day.is_inside and day.count),
    }


def _bounds(placements: OccurrencePlacementQuerySet, today: date) -> tuple[Month, Month]:
    """The first and the last month that has an event, this one and the next included."""
    days = placements.order_by("first_day").values_list("first_day", flat=True)
    first, last = days.first(), placements.order_by("-first_day").values_list("first_day", flat=True).first()
    here = Month.of(today)
    if first is None or last is None:
        return here, here.next
    return min(Month.of(first), here), max(Month.of(last), here.next)


def weeks_of(month: Month, today: date) -> list[list[MonthDay]]:
    """Whole weeks around the month, beginning on the day on which those of the active language do."""
    # Django counts from Sunday, Python from Monday.
    begins = (get_format("FIRST_DAY_OF_WEEK") - 1) % WEEK
    start = month.first - timedelta(days=(month.first.weekday() - begins) % WEEK)
    weeks = []
    while start <= month.last:
        dates = [start + timedelta(days=number) for number in range(WEEK)]
        weeks.append([MonthDay(day, Month.of(day) == month, day == today) for day in dates])
        start += timedelta(days=WEEK)
    return weeks


def fill(days: dict[date, MonthDay], placements: OccurrencePlacementQuerySet) -> None:
    """Put the first events of each day into its cell, and count all of them, in three queries for any number."""
    first, last = min(days), max(days)
    spans = placements.annotate(
        from_day=Greatest(F("first_day"), Value(first)), to_day=Least(F("last_day"), Value(last))
    )
    for begin, end, count in spans.values_list("from_day", "to_day").annotate(n=Count("pk")).order_by():
        for day in _days(begin, end):
            days[day].count += count
    ranked = spans.annotate(
        rank=Window(RowNumber(), partition_by=F("from_day"), order_by=[F("start").asc(), F("occurrence_id").asc()])
    ).filter(rank__lte=A_DAY)
    by_day: dict[date, list[int]] = defaultdict(list)
    for key, begin, end in ranked.order_by("start", "occurrence_id").values_list("occurrence_id", "from_day", "to_day"):
        for day in _days(begin, end):
            by_day[day].append(key)
    shown = {day: keys[:A_DAY] for day, keys in by_day.items()}
    wanted = {key for keys in shown.values() for key in keys}
    live = Occurrence.objects.filter(pk__in=wanted, event__live=True)
    found = live.select_related("event", "seats").only(*SHOWN).in_bulk()
    for day, keys in shown.items():
        days[day].events = [found[key] for key in keys if key in found]


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
