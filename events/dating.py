"""Computes the dates of an event as plain values."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from events.clock import instant, instants_of, last_day_of
from events.formatting.folding import fold_text
from events.recurrence import SINGLE, Expansion, SeriesDate
from events.status import EventStatus

MAX_WHERE_LENGTH = 800
# When a weekend begins on Friday.
WEEKEND_HOUR = time(18)


def dates_of(
    page: Any, expansion: Expansion, night_ends: int, published: Mapping[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the occurrence values of an event page. `published` has its stored dates by key."""
    for expanded in expansion.dates:
        change = expanded.change.source if expanded.change else None
        start, end = page.span if expanded.key == SINGLE else _instants(expanded, page)
        status = (change.status if change else None) or EventStatus(page.status)
        reason = change.reason if change and change.reason else page.status_note
        venue = change.venue if change and change.venue_id else None
        place = change.place if change else ""
        may_end_at_night = not (page.is_all_day or page.is_open_ended)
        is_single = expanded.key == SINGLE
        original_start = start if is_single else instant(expanded.original, page.zone)
        yield {
            "key": expanded.key,
            "original_start": original_start,
            "start": start,
            "end": end,
            "first_day": expanded.start.date(),
            "last_day": last_day_of(expanded.start, expanded.end, night_ends if may_end_at_night else 0),
            "is_all_day": page.is_all_day,
            "is_open_ended": page.is_open_ended and not (change and change.new_end),
            "status": status,
            "reason": reason if change or status != EventStatus.SCHEDULED else "",
            "title": change.title if change else "",
            "venue": venue,
            "place": place,
            "online_url": change.online_url if change else "",
            "where": _where(page, venue, place),
            "is_added": expanded.is_added,
            "is_changed": change is not None,
            "previous_start": _previous_start(
                status, start, original_start if change else None, (published or {}).get(expanded.key)
            ),
        }


def _instants(expanded: SeriesDate, page: Any) -> tuple[datetime, datetime]:
    start, end = instants_of(expanded.start, expanded.end, page.zone)
    return start, end or start


def _previous_start(
    status: EventStatus, start: datetime, changed_from: datetime | None, published: Any
) -> datetime | None:
    """Return the start of a moved date before its change or publication; None for other dates."""
    if status != EventStatus.MOVED:
        return None
    if changed_from and start != changed_from:
        return changed_from
    if published is None:
        return None
    before: datetime = published.start
    previous: datetime | None = published.previous_start
    return before if before != start else previous


def _where(page: Any, venue: Any, place: str) -> str:
    parts = [place] if venue or place else [page.place, page.address]
    shown_venue = venue if venue or place else page.venue
    parts += [shown_venue.name, shown_venue.address] if shown_venue else []
    return fold_text(" ".join(parts))[:MAX_WHERE_LENGTH]


def days_named(name: str, today: date) -> tuple[date, date] | None:
    """Return the first and last day of a choice such as “this weekend”. On a Sunday it began the day before."""
    monday = today - timedelta(days=today.weekday())
    if name == "today":
        return today, today
    if name == "week":
        return today, monday + timedelta(days=6)
    if name == "weekend":
        return monday + timedelta(days=5), monday + timedelta(days=6)
    if name == "month":
        return today, (today.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return None


class Span(NamedTuple):
    """Days, both inclusive. Dates that begin at `evening` or later, before the first day, belong to them too."""

    first: date
    last: date
    evening: datetime


def span_named(name: str, now: datetime, where: ZoneInfo) -> Span | None:
    """The days of “seven”, today and the next six, or of “weekend”, which begins on Friday evening.

    None for any other name. `where` is the zone that decides what day it is.
    """
    today = now.astimezone(where).date()
    if name == "seven":
        return Span(today, today + timedelta(days=6), instant(datetime.combine(today, time()), where))
    if name == "weekend":
        saturday = today - timedelta(days=today.weekday()) + timedelta(days=5)
        evening = datetime.combine(saturday - timedelta(days=1), WEEKEND_HOUR)
        return Span(saturday, saturday + timedelta(days=1), instant(evening, where))
    return None
