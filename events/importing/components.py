"""Splits a calendar file into its calendars and their events, so that a bad line spoils one event only."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from icalendar import Event
from icalendar.parser import Contentline
from icalendar.prop import vBroken

from events.importing.budget import TooCostlyError
from events.importing.problems import Problems
from events.importing.zones import FileZones, described_zone, named_zone

BEGIN, END = "BEGIN:VEVENT", "END:VEVENT"
MAX_UID_LENGTH = 500
MAX_TITLE_LENGTH = 60
# How much of what is not understood a report repeats.
MAX_VALUE_LENGTH = 60
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
# Without one of these an event would be another one.
_ESSENTIAL = ("DTSTART", "RECURRENCE-ID", "RRULE")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class EventText:
    """The lines of one VEVENT as the file has them, and the number of the first."""

    line: int
    rows: list[str]

    @cached_property
    def text(self) -> str:
        """The lines unfolded (RFC 5545, section 3.1)."""
        return _FOLD.sub("", "\n".join(self.rows))

    def properties(self) -> Iterator[tuple[int, str]]:
        """Yield the unfolded lines that hold a property, each with its number in the file."""
        number = self.line
        for row in self.text.split("\n"):
            if row.strip() and not row.upper().startswith(("BEGIN:", "END:")):
                yield number, row
            number += 1
            while number - self.line < len(self.rows) and self.rows[number - self.line][:1] in (" ", "\t"):
                number += 1

    def line_of(self, name: str, value: str = "") -> int:
        """Return the number of the line of a property, or 0; `value` is that of one of several."""
        sought = "".join(value.split())
        for number, row in self.properties():
            if re.split("[:;]", row, maxsplit=1)[0].strip().upper() == name and sought in "".join(row.split()):
                return number
        return 0


@dataclass
class CalendarSource:
    """One VCALENDAR of a file: the lines outside of its events, and its events."""

    head: list[str] = field(default_factory=list)
    events: list[EventText] = field(default_factory=list)


@dataclass
class RawComponent:
    """One VEVENT with its lines and the zones of its calendar; its properties have no types."""

    source: EventText
    event: Any
    zones: FileZones

    @property
    def line(self) -> int:
        return self.source.line

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
            source.events.append(EventText(first_line, [*lines[first_line - 1 : end], END]))

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


def raw_component(source: EventText, zones: FileZones, problems: Problems) -> RawComponent | None:
    """Read one event; what of it cannot be read is left out and reported."""
    chunk, line = source.text, source.line
    moments = sum(found[0].count(",") + 1 for found in _MOMENTS.finditer(chunk))
    if moments > MAX_MOMENTS:
        problems.add(_("more than %(most)d dates are added or left out") % {"most": MAX_MOMENTS}, line)
        return None
    try:
        event: Any = Event.from_ical(_prepared(chunk))
    except TooCostlyError:
        raise
    except Exception as error:
        # The library raises errors of many kinds for lines that it does not expect; its words are for programmers.
        logger.info("An event cannot be read: %r", error)
        number, row = next(_unreadable_rows(source), (0, ""))
        words = _("cannot be read because of this line: %(line)s") if row else _("cannot be read")
        problems.add(words % {"line": _shortened(row)}, line, number)
        return None
    if not _without_broken(event, source, problems):
        return None
    component = RawComponent(source, event, zones)
    if not component.uid:
        problems.add(_("an event without UID cannot be followed"), line)
        return None
    if len(component.uid) > MAX_UID_LENGTH:
        problems.add(_("its UID is too long"), line, source.line_of("UID"))
        return None
    return component


def _without_broken(event: Any, source: EventText, problems: Problems) -> bool:
    """Take out and report what the library could not read; return whether the rest is still the event."""
    broken: dict[str, str] = {}
    lost = []
    for name in dict.fromkeys(name for name, _why in event.errors if name):
        values = event.pop(name, [])
        values = values if isinstance(values, list) else [values]
        broken[name] = next((str(value) for value in values if isinstance(value, vBroken)), "")
        if kept := [value for value in values if not isinstance(value, vBroken)]:
            event[name] = kept
        elif name in _ESSENTIAL:
            lost.append(name)
    # What is lost for one reason is not reported for another as well.
    for name in lost[:1] or broken:
        words = _("%(name)s is not understood: %(value)s") % {"name": name, "value": _shortened(broken[name])}
        problems.add(words, source.line, source.line_of(name, broken[name]))
    if not lost and any(name is None for name, _why in event.errors):
        for number, row in source.properties():
            if not _has_parts(row):
                problems.add(_("a line is not understood: %(line)s") % {"line": _shortened(row)}, source.line, number)
    return not lost


def _has_parts(row: str) -> bool:
    try:
        Contentline(row).parts()
    except ValueError:
        return False
    return True


def _unreadable_rows(source: EventText) -> Iterator[tuple[int, str]]:
    """Yield the lines that cannot be read alone either, each with its number."""
    for number, row in source.properties():
        try:
            errors = Event.from_ical(_prepared(f"{BEGIN}\n{row}\n{END}")).errors
        except TooCostlyError:
            raise
        except Exception:
            yield number, row
        else:
            if errors:
                yield number, row


def _shortened(value: str) -> str:
    return value if len(value) <= MAX_VALUE_LENGTH else f"{value[:MAX_VALUE_LENGTH]}…"


def _prepared(text: str) -> str:
    return _ZONED.sub(_own_zone, _VALUES.sub(_without_blanks, text)).replace("\n", "\r\n")


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
        logger.info("A time zone cannot be read: %r", error)
        names = (line.partition(":")[2].strip() for line in lines if line.upper().startswith(("TZID:", "TZID;")))
        words = _("The file describes a time zone in a way that is not understood: %(name)s")
        problems.add(words % {"name": next(names, "–")})
    else:
        zones.described.setdefault(tzid, described)
