"""Splits a calendar file into its calendars and their events, so that a bad line spoils one event only."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from icalendar import Event
from icalendar.parser import Contentline
from icalendar.prop import vBroken

from events.importing.budget import TooCostlyError
from events.importing.problems import Problems
from events.importing.zones import FileZones, named_zone

BEGIN, END = "BEGIN:VEVENT", "END:VEVENT"
MAX_UID_LENGTH = 500
# The length of titles and invalid values in reports.
MAX_TEXT_LENGTH = 60
# A series has no more dates here (`events.recurrence.MAX_DATES`).
MAX_LISTED_DATES = 3000
# Replaces TZID while the library parses, because it would look the name up among the zones of other files.
TZID = "X-TZID"
_FOLD = re.compile(r"\n[ \t]")
_ZONED = re.compile(r"^(DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)\b([^:]*);TZID=(\"[^\"]*\"|[^;:]*)(.*)$", re.I | re.M)
_LISTED_DATES = re.compile(r"^(?:EXDATE|RDATE)[;:].*", re.I | re.M)
# Some programs write blanks within dates and rules, which no library accepts.
_VALUES = re.compile(r"^((?:DTSTART|DTEND|DURATION|RECURRENCE-ID|EXDATE|RDATE|RRULE)\b.*:)([^:\n]+)$", re.I | re.M)
_SUMMARY = re.compile(r"^SUMMARY(?:;[^:]*)?:(.*)", re.I | re.M)
_UID = re.compile(r"^UID(?:;[^:]*)?:(.*)", re.I | re.M)
# Without these properties the event would be a different one.
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
        """Return the line number of a property, or 0; `value` selects one if the property is repeated."""
        sought = "".join(value.split())
        for number, row in self.properties():
            if re.split("[:;]", row, maxsplit=1)[0].strip().upper() == name and sought in "".join(row.split()):
                return number
        return 0


@dataclass
class RawComponent:
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
            sequence = int(self.one("SEQUENCE", -1))
        except (TypeError, ValueError):
            sequence = -1
        return sequence, modified.to_ical().decode() if modified else ""

    def __contains__(self, name: str) -> bool:
        return name in self.event

    def one(self, name: str, default: Any = None) -> Any:
        values = self.all(name)
        return values[0] if values else default

    def all(self, name: str) -> list[Any]:
        found = self.event.get(name, [])
        return found if isinstance(found, list) else [found]


def calendars(lines: list[str]) -> Iterator[tuple[list[str], list[EventText]]]:
    """Yield the lines outside of events, and the events, of each VCALENDAR.

    An event without an end ends where the next one begins.
    """
    head: list[str] = []
    events: list[EventText] = []
    first: int | None = None
    for number, line in enumerate([*lines, "END:VCALENDAR"], 1):
        delimiter = line.strip().upper()
        is_limit = delimiter in ("BEGIN:VCALENDAR", "END:VCALENDAR")
        if is_limit or delimiter in (BEGIN, END):
            if first is not None:
                events.append(EventText(first, [*lines[first - 1 : number - 1], END]))
            first = number if delimiter == BEGIN else None
        elif first is None:
            head.append(line)
        if is_limit and (head or events):
            yield head, events
            head, events = [], []


def raw_component(source: EventText, zones: FileZones, problems: Problems) -> RawComponent | None:
    """Parse one event; leave out and report invalid lines."""
    chunk, line = source.text, source.line
    if sum(found[0].count(",") + 1 for found in _LISTED_DATES.finditer(chunk)) > MAX_LISTED_DATES:
        problems.add(_("more than %(most)d dates are added or left out") % {"most": MAX_LISTED_DATES}, line)
        return None
    try:
        event: Any = Event.from_ical(_prepared(chunk))
    except TooCostlyError:
        raise
    except Exception as error:
        # The library raises many kinds of errors, whose messages are for programmers.
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
    """Remove and report invalid properties; return whether the essential ones are left."""
    broken: dict[str, str] = {}
    lost = []
    for name in dict.fromkeys(name for name, _why in event.errors if name):
        values = event.pop(name, [])
        values = values if isinstance(values, list) else [values]
        broken[name] = next((str(value) for value in values if isinstance(value, vBroken)), "")
        if valid := [value for value in values if not isinstance(value, vBroken)]:
            event[name] = valid
        elif name in _ESSENTIAL:
            lost.append(name)
    # A lost event is reported once.
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
    """Yield each line that is invalid by itself, with its number."""
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


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_TEXT_LENGTH else f"{text[:MAX_TEXT_LENGTH]}…"


def _prepared(text: str) -> str:
    without_blanks = _VALUES.sub(lambda found: found[1] + "".join(found[2].split()), text)
    return _ZONED.sub(_with_own_zone, without_blanks).replace("\n", "\r\n")


def _with_own_zone(found: re.Match[str]) -> str:
    # A TZID has no meaning for a time in UTC (RFC 5545, section 3.2.19), yet some programs write it.
    name, before, tzid, rest = found.groups()
    return f"{name}{before}{rest}" if rest.endswith("Z") else f"{name}{before};{TZID}={tzid}{rest}"


def uid_in(chunk: str) -> str:
    found = _UID.search(chunk)
    return found[1].strip() if found else ""


def title_in(chunk: str) -> str:
    found = _SUMMARY.search(chunk)
    return _shortened(found[1].replace("\\", "").strip()) if found else ""


def zones_of(head: list[str], default: Any, problems: Problems) -> FileZones:
    zones = FileZones(default)
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
    return zones


def _describe(zones: FileZones, lines: list[str], problems: Problems) -> None:
    try:
        zones.describe(lines)
    except Exception as error:
        # A problem of each event in this zone that says which time zone is used instead.
        logger.info("A time zone cannot be read: %r", error)
        names = (line.partition(":")[2].strip() for line in lines if line.upper().startswith(("TZID:", "TZID;")))
        words = _("The file describes a time zone in a way that is not understood: %(name)s")
        problems.add(words % {"name": next(names, "–")})
