"""Event dates as list rows: plain values, so that equal rows render equal HTML."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from events.availability import SeatAvailability
from events.formatting.dates import format_hours, format_when
from events.formatting.rules import format_rule
from events.records.registrable import Confirmation
from events.recurrence import SINGLE
from events.status import EventStatus
from portal.content.records.cards import CardImage, TreePosition
from portal.platform.zones import zone


def address_of_date(url_path: str, key: str) -> str:
    """Return the URL path of a date of the event at `url_path`; for a single event, the event's own path."""
    return url_path if key == SINGLE else f"{url_path}{key}/"


class HasDate:
    """Properties derived from a date's days and times, for models and list rows."""

    __slots__ = ()

    start: Any
    end: Any
    first_day: Any
    last_day: Any
    is_all_day: Any
    is_open_ended: Any
    zone: Any

    @property
    def local_start(self) -> datetime:
        return self.start.astimezone(self.zone)

    @property
    def local_end(self) -> datetime:
        return self.end.astimezone(self.zone)

    @property
    def month(self) -> date:
        return self.first_day.replace(day=1)

    @property
    def lasts_days(self) -> bool:
        return bool(self.first_day != self.last_day)

    @property
    def when(self) -> str:
        facts = {"all_day": self.is_all_day, "open_end": self.is_open_ended, "last_day": self.last_day}
        return format_when(self.start, self.end, self.zone, **facts)

    @property
    def hours(self) -> str:
        """The hours as text; empty for whole days."""
        return format_hours(self.start, self.end, self.zone, all_day=self.is_all_day, open_end=self.is_open_ended)

    def is_past(self, now: datetime) -> bool:
        return bool(self.end <= now)


@dataclass(frozen=True, slots=True)
class EventRow(HasDate):
    """One date in a list. Its own values take precedence over its event's."""

    pk: int
    event_id: int
    key: str
    start: datetime
    end: datetime
    first_day: date
    last_day: date
    is_all_day: bool
    is_open_ended: bool
    status: str
    shown_status: EventStatus
    previous_start: datetime | None
    reason: str
    title: str
    shown_title: str
    shown_place: str
    shown_online_url: str
    time_zone: str
    recurrence: str
    event: TreePosition
    lead_image: CardImage | None = None
    # Whether its event has a later date that takes place.
    has_later_dates: bool = False
    # Longitude and latitude of the venue, if it has coordinates.
    position: tuple[float, float] | None = None

    @property
    def zone(self) -> ZoneInfo:  # type: ignore[override]
        return zone(self.time_zone)

    @property
    def is_cancelled(self) -> bool:
        return self.status == EventStatus.CANCELLED

    @property
    def path(self) -> str:
        return self.event.path

    @property
    def url_path(self) -> str:
        """The URL path from the root of the tree, as for pages."""
        return address_of_date(self.event.url_path, self.key)

    @property
    def recurrence_text(self) -> str:
        return format_rule(self.recurrence)


# The columns of a date in the order that `row_from` expects; the last one is an annotation.
COLUMNS = (
    *("pk", "event_id", "key", "start", "end", "first_day", "last_day", "is_all_day", "is_open_ended", "status"),
    *("previous_start", "reason", "title", "event__title"),
    *("place", "venue__name", "event__place", "event__venue__name"),
    *("online_url", "event__online_url", "event__time_zone", "event__recurrence", "event__path", "event__url_path"),
    *("event__takes_registrations", "event__capacity", "event__confirmation", "seats__taken", "seats__waiting"),
    *(f"event__lead_image__{name}" for name in ("id", "file_hash", "width", "height")),
    *(f"event__lead_image__focal_point_{name}" for name in ("x", "y", "width", "height")),
    *(f"{venue}__{name}" for venue in ("venue", "event__venue") for name in ("id", "longitude", "latitude")),
    "has_later_dates",
)


def row_from(values: tuple[Any, ...]) -> EventRow:
    of_date, of_event, of_registration, of_image = values[:10], values[10:24], values[24:29], values[29:37]
    previous_start, reason, title, event_title, *places = of_event[:8]
    online_url, event_online_url, time_zone, recurrence, path, url_path = of_event[8:]
    others = {
        "shown_status": _shown_status(values[9], values[3], *of_registration),
        "previous_start": previous_start,
        "reason": reason,
        "title": title,
        "shown_title": title or event_title,
        "shown_place": next(filter(None, places), ""),
        "shown_online_url": online_url or event_online_url,
        "time_zone": time_zone,
        "recurrence": recurrence,
        "event": TreePosition(path, url_path),
        "lead_image": CardImage(*of_image) if of_image[0] is not None else None,
        "has_later_dates": values[-1],
        "position": _position(places[0], *values[37:43]),
    }
    return EventRow(*of_date, **others)


def _position(place: str, *venues: Any) -> tuple[float, float] | None:
    """Where the date takes place: at its own venue, or at its event's unless it has a place of its own."""
    venue = venues[:3] if venues[0] is not None or place else venues[3:]
    _key, longitude, latitude = venue
    return None if longitude is None or latitude is None else (float(longitude), float(latitude))


def _shown_status(
    status: str,
    start: datetime,
    takes_registrations: bool,
    capacity: int | None,
    confirmation: str,
    taken: int | None,
    waiting: int | None,
) -> EventStatus:
    """The status, or "full" if a scheduled date has no seat left."""
    if status != EventStatus.SCHEDULED or not takes_registrations:
        return EventStatus(status)
    # With approval, people wait for the organiser, not for a seat.
    waiting = 0 if confirmation == Confirmation.BY_APPROVAL else waiting or 0
    seats = SeatAvailability(capacity, taken or 0, waiting, has_waiting_list=False, closes_at=start)
    return EventStatus.FULL if seats.is_full else EventStatus.SCHEDULED


def row_of(date: Any) -> EventRow:
    """Return the row of an `Occurrence` with its event, but without the image and the position."""
    of_event = {
        "time_zone": date.event.time_zone,
        "recurrence": date.event.recurrence,
        "event": TreePosition(date.event.path, date.event.url_path),
        "lead_image": None,
        "has_later_dates": False,
        "position": None,
    }
    own = {field.name: getattr(date, field.name) for field in fields(EventRow) if field.name not in of_event}
    return EventRow(**own, **of_event)
