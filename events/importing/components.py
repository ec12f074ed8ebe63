"""Splits a calendar file into its calendars and their events, so that a bad line spoils one event only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from icalendar import Event
from icalendar.prop import vBroken

from events.importing.budget import TooCostlyError
from events.importing.problems import Problems
from events.importing.zones import FileZones, described_zone, named_zone

BEGIN, END = "BEGIN:VEVENT", "END:VEVENT"
MAX_UID_LENGTH = 500
MAX_TITLE_LENGTH = 60
# More dates than a series can have here (`events.recurrence.MAX_DATES`) are read by nobody.
MAX_MOMENTS = 3000
_LOWEST_SEQUENCE = -1
# The parameter that holds a TZID while the library reads: it would look the name up among zones of other files.
TZID = "X-TZID"
_FOLD = re.compile(r"\n[ \t]")
_ZONED = re.compile(r"^(DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)\b([^:]*);TZID=(\"[^\"]*\"|[^;:]*)(.*)$", re.I | re.M)
_MOMENTS = re.compile(r"^(?:EXDATE|RDATE)[;:].*", re.I | re.M)
# Blanks within dates and rules, which some programs write and no library reads.
_VALUES = re.compile(r"^((?:DTSTART|DTEND|DURATION|RECURRENCE-ID|EXDATE|RDATE|RRULE)\b.*:)([^:\n]+)$", re.I | re.M)
_SUMMARY = re.compile(r"^SUMMARY(?:;[^:]*)?:(.*)", re.I | re.M)
_UID = re.compile(r"^UID(?:;[^:]*)?:(.*)", re.I | re.M)


@dataclass
class CalendarSource:
    """One VCALENDAR of a file: the lines outside of its events, and its events with the line of each."""

    head: list[str] = field(default_factory=list)
    events: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class RawComponent:
    """One VEVENT with the line on which it begins and the zones of its calendar; its properties have no types."""

    line: int
    event: Any
    zones: FileZones

    @property
    def uid(self) -> str:
        return str(self.one("UID") or "").strip()

    @property
    def version(self) -> tuple[int, str]:
        modified = self.one("LAST-MODIFIED") or self.one("DTSTAMP")
        try:
            sequence = int(self.one("SEQUENCE", _LOWEST_SEQUENCE))
        except (TypeError, ValueError):
            sequence = _LOWEST_SEQUENCE
        return sequence, modified.to_ical().decode() if modified else ""

    def __contains__(self, name: str) -> bool:
        return name in self.event

    def one(self, name: str, default: Any = None) -> Any:
        """Return a property; the first where a file has several that should be one."""
        values = self.all(name)
        return values[0] if values else default

    def all(self, name: str) -> list[Any]:
        found = self.event.get(name, [])
        return found if isinstance(found, list) else [found]


def calendars(lines: list[str]) -> Iterator[CalendarSource]:
    """Yield the calendars of a file; an event without an end ends where the next begins."""
    source = CalendarSource()
    first_line: int | None = None

    def close(end: int) -> None:
        if first_line is not None:
            text = "\n".join([*lines[first_line - 1 : end], END])
            source.events.append((first_line, _FOLD.sub("", text)))

    for number, line in enumerate(lines, 1):
        delimiter = line.strip().upper()
        if delimiter == BEGIN:
            close(number - 1)
            first_line = number
        elif delimiter == END:
            close(number - 1)
            first_line = None
        elif delimiter in ("BEGIN:VCALENDAR", "END:VCALENDAR"):
            close(number - 1)
            first_line = None
            if source.events or source.head:
                yield source
                source = CalendarSource()
        elif first_line is None:
            source.head.append(line)
    close(len(lines))
    if source.events or source.head:
        yield source


def raw_component(line: int, chunk: str, zones: FileZones, problems: Problems) -> RawComponent | None:
    """Read one event; what of it cannot be read is left out and reported."""
    moments = sum(found[0].count(",") + 1 for found in _MOMENTS.finditer(chunk))
    if moments > MAX_MOMENTS:
        problems.add(_("more than %(most)d dates are added or left out") % {"most": MAX_MOMENTS}, line)
        return None
    try:
        text = _ZONED.sub(_own_zone, _VALUES.sub(_without_blanks, chunk))
        event: Any = Event.from_ical(text.replace("\n", "\r\n"))
    except TooCostlyError:
        raise
    except Exception as error:
        # The library raises errors of many kinds for lines that it does not expect.
        problems.add(_("cannot be read (%(why)s)") % {"why": error}, line)
        return None
    for name, why in event.errors:
        words = _("%(name)s is not understood (%(why)s)") if name else _("a line is not understood (%(why)s)")
        problems.add(words % {"name": name, "why": why}, line)
    for name in {name for name, _why in event.errors if name and name in event}:
        values = event[name] if isinstance(event[name], list) else [event[name]]
        kept = [value for value in values if not isinstance(value, vBroken)]
        del event[name]
        if kept:
            event[name] = kept
        elif name in ("DTSTART", "RECURRENCE-ID", "RRULE"):
            # Without it this would be another event, and it has been reported.
            return None
    component = RawComponent(line, event, zones)
    if not component.uid:
        problems.add(_("an event without UID cannot be followed"), line)
        return None
    if len(component.uid) > MAX_UID_LENGTH:
        problems.add(_("its UID is too long"), line)
        return None
    return component


def _without_blanks(found: re.Match[str]) -> str:
    return found[1] + "".join(found[2].split())


def _own_zone(found: re.Match[str]) -> str:
    # A TZID beside a time in UTC has no meaning (RFC 5545, section 3.2.19), yet some programs write it.
    name, before, tzid, rest = found.groups()
    return f"{name}{before}{rest}" if rest.endswith("Z") else f"{name}{before};{TZID}={tzid}{rest}"


def uid_in(chunk: str) -> str:
    """Return the UID of an event that may be unreadable otherwise."""
    found = _UID.search(chunk)
    return found[1].strip() if found else ""


def title_in(chunk: str) -> str:
    """Return the title of an event that may be unreadable otherwise, for reports."""
    found = _SUMMARY.search(chunk)
    title = found[1].replace("\\", "").strip() if found else ""
    return title if len(title) <= MAX_TITLE_LENGTH else f"{title[:MAX_TITLE_LENGTH]}…"


def zones_of(head: list[str], default: Any, problems: Problems) -> tuple[FileZones, str]:
    """Return the zones of a calendar and its name, from the lines outside of its events."""
    zones, name = FileZones(default), ""
    described: list[str] | None = None
    for line in _FOLD.sub("", "\n".join(head)).split("\n"):
        prop, _colon, value = line.partition(":")
        prop, value = prop.partition(";")[0].strip().upper(), value.strip()
        if (prop, value.upper()) == ("BEGIN", "VTIMEZONE"):
            described = []
        elif (prop, value.upper()) == ("END", "VTIMEZONE") and described is not None:
            _describe(zones, described, problems)
            described = None
        elif described is not None:
            described.append(line)
        elif prop == "X-WR-TIMEZONE" and value:
            if found := named_zone(value):
                zones.default, zones.is_named = found, True
            else:
                words = _("The time zone %(name)s is not known; %(zone)s is taken.")
                problems.add(words % {"name": value, "zone": default})
        elif prop in ("NAME", "X-WR-CALNAME") and value:
            name = name or value[:120]
    return zones, name


def _describe(zones: FileZones, lines: list[str], problems: Problems) -> None:
    try:
        tzid, described = described_zone(lines)
        zones.locate(tzid, lines)
    except Exception as error:
        # The events that need it say which clock is taken instead.
        problems.add(_("A time zone is not understood: %(why)s") % {"why": error})
    else:
        zones.described.setdefault(tzid, described)
