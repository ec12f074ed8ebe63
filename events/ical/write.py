"""Writes VEVENTs and calendars (RFC 5545) from plain values; the icalendar library folds, escapes and validates."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDDDLists, vDuration, vGeo, vRecur
from icalendar.parser import Contentline

from events.ical.zones import vtimezone
from events.recurrence import Rule

PRODUCT = "-//Portal//Events//EN"
# Some programs support EXDATE better than RDATE. This many EXDATEs take 8 kB.
MAX_EXCEPTIONS = 500
REFRESH = timedelta(hours=1)
URL = "URL:"
URL_LINE = re.compile(r"^URL:(.*?)(?=\r$)", re.MULTILINE)


@dataclass(frozen=True)
class CalendarEvent:
    """One VEVENT. `start` and `end` are datetimes, or dates for all-day events; `end` is None if open-ended.

    `url` is a path below the event's URL. `with_full_urls` prepends that URL, which differs per file.
    """

    uid: str
    sequence: int
    modified: datetime
    created: datetime
    zone: ZoneInfo
    summary: str
    start: datetime | date
    end: datetime | date | None
    description: str = ""
    location: str = ""
    geo: tuple[Decimal, Decimal] | None = None
    contact: str = ""
    conference: str = ""
    url: str = ""
    categories: tuple[str, ...] = ()
    is_cancelled: bool = False
    rule: Rule | None = None
    added: tuple[datetime | date, ...] = ()
    excluded: tuple[datetime | date, ...] = ()
    recurrence_id: datetime | date | None = None

    @property
    def is_all_day(self) -> bool:
        return not isinstance(self.start, datetime)

    def local(self, value: datetime | date) -> datetime | date:
        return value.astimezone(self.zone) if isinstance(value, datetime) else value


def vevent(entry: CalendarEvent) -> Event:
    """Build the VEVENT of an entry. The same entry always gives the same text."""
    event = Event()
    event.add("uid", plain(entry.uid))
    event.add("dtstamp", entry.modified.astimezone(UTC))
    event.add("dtstart", entry.local(entry.start))
    # DTEND must be later than DTSTART (RFC 5545, section 3.8.2.2), so a zero-length event has no DTEND.
    if entry.end is not None and entry.end != entry.start:
        event.add("dtend", entry.local(entry.end))
    if entry.recurrence_id is not None:
        event.add("recurrence-id", entry.local(entry.recurrence_id))
    if entry.rule:
        event.add("rrule", _rrule(entry.rule, entry))
    # Without a rule, some programs ignore DTSTART unless it is one of the RDATEs.
    added = (entry.start, *entry.added) if entry.added and not entry.rule else entry.added
    for name, values in (("rdate", added), ("exdate", entry.excluded)):
        if values:
            event.add(name, _dates(entry, values))
    event.add("created", entry.created.astimezone(UTC))
    event.add("last-modified", entry.modified.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("summary", plain(entry.summary))
    for name in ("description", "location", "contact"):
        # Calendar applications show an empty LOCATION as a nameless place.
        if text := getattr(entry, name):
            event.add(name, plain(text))
    if entry.geo:
        event.add("geo", vGeo((float(entry.geo[0]), float(entry.geo[1]))))
    if entry.categories:
        event.add("categories", [plain(name) for name in entry.categories])
    if entry.conference:
        event.add("conference", entry.conference, parameters={"VALUE": "URI"})
    if entry.url:
        event.add("url", entry.url)
    return event


def _rrule(rule: Rule, entry: CalendarEvent) -> vRecur:
    parts: dict[str, Any] = dict(vRecur.from_ical(rule.pattern))
    if rule.count:
        parts["COUNT"] = rule.count
    elif rule.until and entry.is_all_day:
        parts["UNTIL"] = rule.until
    elif rule.until:
        # UNTIL is in UTC if DTSTART has a zone (section 3.3.10); the last day is included.
        parts["UNTIL"] = datetime.combine(rule.until, time(23, 59, 59), entry.zone).astimezone(UTC)
    return vRecur(parts)


def _dates(entry: CalendarEvent, values: Iterable[datetime | date]) -> vDDDLists:
    dates = vDDDLists([entry.local(value) for value in sorted(values)])
    if entry.is_all_day:
        dates.params["VALUE"] = "DATE"
    return dates


def without_many_exceptions(entry: CalendarEvent, dates: Iterable[datetime | date]) -> CalendarEvent:
    """Replace an entry's rule with individual dates (RDATE) if it has `MAX_EXCEPTIONS` exceptions or more."""
    if len(entry.excluded) < MAX_EXCEPTIONS:
        return entry
    first, *others = sorted(dates)
    length = entry.end - entry.start if entry.end is not None else None  # type: ignore[operator]
    end = None if length is None else first + length
    return replace(entry, start=first, end=end, rule=None, excluded=(), added=tuple(others))


def plain(text: str) -> str:
    """Replace control characters, except line feeds and tabs, with spaces."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char if char >= " " or char in "\n\t" else " " for char in lines).replace("\x7f", " ")


def text_of(entries: Iterable[CalendarEvent]) -> str:
    return "".join(vevent(entry).to_ical().decode() for entry in entries)


def with_full_urls(text: str, base: str) -> str:
    """Prefix the URL lines of VEVENTs, which contain relative URLs, with `base`."""
    return URL_LINE.sub(lambda found: _fold(f"{URL}{base}{found[1]}"), text)


def with_link(text: str, url: str) -> str:
    """Give every VEVENT a LINK to the recap (RFC 9253, section 8.2)."""
    line = _fold(f"LINK;VALUE=URI;LINKREL=related:{url}")
    return text.replace("END:VEVENT\r\n", f"{line}\r\nEND:VEVENT\r\n")


# Folding is slow, and requests repeat the same URLs.
@lru_cache(20_000)
def _fold(line: str) -> str:
    return str(Contentline(line).to_ical(), "utf-8")


def calendar_text(name: str, zones: Iterable[str], events: Iterable[str], *, method: str = "") -> str:
    """Return a calendar of serialised VEVENTs, with a VTIMEZONE for each of the zones.

    METHOD is for emails only: with it, programs treat a subscription as an invitation.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    name = " ".join(plain(name).split())
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH).to_ical().decode())
    head, _, end = calendar.to_ical().decode().rpartition("END:VCALENDAR")
    timezones = (vtimezone(zone) for zone in sorted(set(zones) - {"UTC"}))
    return "".join(chain([head], timezones, events, ["END:VCALENDAR", end]))
