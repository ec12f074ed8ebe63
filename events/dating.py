"""The dates of an event as values: when and where each is, how it stands, and what it was before it was moved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from events.clock import instant, last_day_of
from events.folding import folded
from events.recurrence import SINGLE, Date, Expansion
from events.status import EventStatus

LONGEST_WHERE = 800


@dataclass
class EventDate:
    """One date, in the fields of `Occurrence`, which keeps it; `venue` is a venue's record or None."""

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
    page: Any, expansion: Expansion, night_ends: int, known: Mapping[str, Any] | None = None
) -> Iterator[EventDate]:
    """The dates of an event page, from its rule; `known` are those that readers know, by key.

    `night_ends` is the hour until which a night belongs to its evening.
    """
    for expanded in expansion.dates:
        change = expanded.change.source if expanded.change else None
        start, end = page.span if expanded.key == SINGLE else _instants(expanded, page)
        status = (change.status if change else None) or EventStatus(page.status)
        reason = change.reason if change and change.reason else page.status_note
        venue = change.venue if change and change.venue_id else None
        place = change.place if change else ""
        takes_night = not (page.is_all_day or page.is_open_ended)
        found = EventDate(
            key=expanded.key,
            original_start=start if expanded.key == SINGLE else instant(expanded.original, page.zone),
            start=start,
            end=end,
            first_day=expanded.start.date(),
            last_day=last_day_of(expanded.start, expanded.end, night_ends if takes_night else 0),
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
        found.previous_start = _previous_start(found, (known or {}).get(expanded.key))
        yield found


def _instants(expanded: Date, page: Any) -> tuple[datetime, datetime]:
    start = instant(expanded.start, page.zone)
    # In the night of a clock change an end can come to stand before its start.
    return start, max(start, instant(expanded.end, page.zone))


def _previous_start(found: EventDate, before: Any) -> datetime | None:
    if found.status != EventStatus.MOVED:
        return None
    if found.is_changed and found.start != found.original_start:
        return found.original_start
    if before is None:
        return None
    return before.start if before.start != found.start else before.previous_start


def _where(page: Any, venue: Any, place: str) -> str:
    if venue or place:
        words = [place, venue.name if venue else "", venue.address if venue else ""]
    else:
        own = page.venue
        words = [page.place, page.address, own.name if own else "", own.address if own else ""]
    return folded(" ".join(words))[:LONGEST_WHERE]
