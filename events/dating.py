"""Computes the dates of an event as plain values: time, place, status, and the time before a date was moved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from events.clock import instant, instants_of, last_day_of
from events.formatting.folding import fold_text
from events.recurrence import SINGLE, Expansion, SeriesDate
from events.status import EventStatus

MAX_WHERE_LENGTH = 800


@dataclass
class EventDate:
    """One date. Its fields are those of `Occurrence`, which stores it; `venue` is a venue record or None."""

    key: str
    original_start: datetime
    start: datetime
    end: datetime
    first_day: date
    last_day: date
    is_all_day: bool
    is_open_ended: bool
    status: EventStatus
    reason: str
    title: str
    venue: Any
    place: str
    online_url: str
    where: str
    is_added: bool
    is_changed: bool
    previous_start: datetime | None = None


def dates_of(
    page: Any, expansion: Expansion, night_ends: int, published: Mapping[str, Any] | None = None
) -> Iterator[EventDate]:
    """Yield the dates of an event page from its expanded rule; `published` are its stored dates by key.

    `night_ends` is the hour until which a night belongs to the evening before.
    """
    for expanded in expansion.dates:
        change = expanded.change.source if expanded.change else None
        start, end = page.span if expanded.key == SINGLE else _instants(expanded, page)
        status = (change.status if change else None) or EventStatus(page.status)
        reason = change.reason if change and change.reason else page.status_note
        venue = change.venue if change and change.venue_id else None
        place = change.place if change else ""
        may_end_at_night = not (page.is_all_day or page.is_open_ended)
        event_date = EventDate(
            key=expanded.key,
            original_start=start if expanded.key == SINGLE else instant(expanded.original, page.zone),
            start=start,
            end=end,
            first_day=expanded.start.date(),
            last_day=last_day_of(expanded.start, expanded.end, night_ends if may_end_at_night else 0),
            is_all_day=page.is_all_day,
            is_open_ended=page.is_open_ended and not (change and change.new_end),
            status=status,
            reason=reason if change or status != EventStatus.SCHEDULED else "",
            title=change.title if change else "",
            venue=venue,
            place=place,
            online_url=change.online_url if change else "",
            where=_where(page, venue, place),
            is_added=expanded.is_added,
            is_changed=change is not None,
        )
        event_date.previous_start = _previous_start(event_date, (published or {}).get(expanded.key))
        yield event_date


def _instants(expanded: SeriesDate, page: Any) -> tuple[datetime, datetime]:
    start, end = instants_of(expanded.start, expanded.end, page.zone)
    return start, end or start


def _previous_start(event_date: EventDate, published: Any) -> datetime | None:
    if event_date.status != EventStatus.MOVED:
        return None
    if event_date.is_changed and event_date.start != event_date.original_start:
        return event_date.original_start
    if published is None:
        return None
    moment: datetime | None = published.start
    previous: datetime | None = published.previous_start
    return moment if moment != event_date.start else previous


def _where(page: Any, venue: Any, place: str) -> str:
    if venue or place:
        parts = [place, venue.name if venue else "", venue.address if venue else ""]
    else:
        page_venue = page.venue
        parts = [
            page.place,
            page.address,
            page_venue.name if page_venue else "",
            page_venue.address if page_venue else "",
        ]
    return fold_text(" ".join(parts))[:MAX_WHERE_LENGTH]


def days_named(name: str, today: date) -> tuple[date, date] | None:
    """The days of a choice such as “this weekend”, which on a Sunday is that day and the one before."""
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
