"""Events as calendars write them (RFC 5545), from plain values; the library folds, escapes and checks."""

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

from events.ical.zones import time_zone
from events.recurrence import Rule

PRODUCT = "-//Portal//Events//EN"
# Calendars refuse or forget dates that are left out one by one beyond some number of them.
MOST_EXCEPTIONS = 90
URL = "URL:"
URL_LINE = re.compile(r"^URL:(.*?)(?=\r$)", re.MULTILINE)


@dataclass(frozen=True)
class CalendarEvent:
    """One VEVENT; `start` and `end` are instants, days for all-day events, and no end is an open one.

    `url` is whatever the one who serves the file puts the address of; the same event in other files has another.
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
    left_out: tuple[datetime | date, ...] = ()
    recurrence_id: datetime | date | None = None

    @property
    def is_all_day(self) -> bool:
        return not isinstance(self.start, datetime)

    def local(self, moment: datetime | date) -> datetime | date:
        return moment.astimezone(self.zone) if isinstance(moment, datetime) else moment


def component(entry: CalendarEvent) -> Event:
    """The VEVENT of an entry; its properties come in one order, so that the same entry gives the same text."""
    event = Event()
    event.add("uid", plain(entry.uid))
    event.add("dtstamp", entry.modified.astimezone(UTC))
    event.add("dtstart", entry.local(entry.start))
    # RFC 5545 wants an end after the start: an event of no length has none, as an open one has.
    if entry.end is not None and entry.end != entry.start:
        event.add("dtend", entry.local(entry.end))
    if entry.recurrence_id is not None:
        event.add("recurrence-id", entry.local(entry.recurrence_id))
    if entry.rule:
        event.add("rrule", _rrule(entry.rule, entry))
    for name, moments in (("rdate", entry.added), ("exdate", entry.left_out)):
        if moments:
            event.add(name, _dates(entry, moments))
    event.add("created", entry.created.astimezone(UTC))
    event.add("last-modified", entry.modified.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("summary", plain(entry.summary))
    for name in ("description", "location", "contact"):
        # An empty property would be read as a place without a name.
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
        # In UTC where DTSTART has a zone (section 3.3.10); the last day is included whole.
        parts["UNTIL"] = datetime.combine(rule.until, time(23, 59, 59), entry.zone).astimezone(UTC)
    return vRecur(parts)


def _dates(entry: CalendarEvent, moments: Iterable[datetime | date]) -> vDDDLists:
    dates = vDDDLists([entry.local(moment) for moment in sorted(moments)])
    if entry.is_all_day:
        dates.params["VALUE"] = "DATE"
    return dates


def without_long_exceptions(entry: CalendarEvent, dates: Iterable[datetime | date]) -> CalendarEvent:
    """The entry with its dates one by one instead of a rule with more exceptions than calendars bear."""
    if len(entry.left_out) < MOST_EXCEPTIONS:
        return entry
    first, *others = sorted(dates)
    length = entry.end - entry.start if entry.end is not None else None  # type: ignore[operator]
    end = None if length is None else first + length
    return replace(entry, start=first, end=end, rule=None, left_out=(), added=tuple(others))


def plain(text: str) -> str:
    """Text without what no calendar may hold: any sign of control but a new line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter if letter >= " " or letter in "\n\t" else " " for letter in lines).replace("\x7f", " ")


def text_of(entries: Iterable[CalendarEvent]) -> str:
    """The VEVENTs of one event, with all lines folded and ended as the format asks."""
    return "".join(component(entry).to_ical().decode() for entry in entries)


def addressed(text: str, base: str) -> str:
    """The VEVENTs with full addresses: their URL lines hold what follows `base`."""
    return URL_LINE.sub(lambda found: _folded(f"{URL}{base}{found[1]}"), text)


def with_link(text: str, url: str) -> str:
    """The VEVENTs of an event with the page that looks back on it (RFC 9253, section 8.2)."""
    line = _folded(f"LINK;VALUE=URI;LINKREL=related:{url}")
    return text.replace("END:VEVENT\r\n", f"{line}\r\nEND:VEVENT\r\n")


# Folding goes letter by letter, and a file that is asked for again has the same addresses.
@lru_cache(20_000)
def _folded(line: str) -> str:
    return Contentline(line).to_ical().decode()


def calendar_text(
    name: str, zones: Iterable[str], events: Iterable[str], refresh: timedelta = timedelta(hours=1)
) -> str:
    """A whole calendar of VEVENTs that are written already, with the clocks of these zones."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    name = " ".join(plain(name).split())
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", refresh, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(refresh).to_ical().decode())
    head, _, end = calendar.to_ical().decode().rpartition("END:VCALENDAR")
    clocks = (time_zone(zone) for zone in sorted(set(zones) - {"UTC"}))
    return "".join(chain([head], clocks, events, ["END:VCALENDAR", end]))
