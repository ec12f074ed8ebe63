"""Splits a calendar file into calendars and events, so that an invalid line affects only one event."""

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
# A series may have this many dates (`events.recurrence.MAX_DATES`).
MAX_LISTED_DATES = 3000
# TZID is renamed for parsing, because the library would look it up in its cache of other files' zones.
TZID = "X-TZID"
_FOLD = re.compile(r"\n[ \t]")
_ZONED = re.compile(r"^(DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)\b([^:]*);TZID=(\"[^\"]*\"|[^;:]*)(.*)$", re.I | re.M)
_LISTED_DATES = re.compile(r"^(?:EXDATE|RDATE)[;:].*", re.I | re.M)
# Some programs write blanks in dates and rules, which no library accepts.
_VALUES = re.compile(r"^((?:DTSTART|DTEND|DURATION|RECURRENCE-ID|EXDATE|RDATE|RRULE)\b.*:)([^:\n]+)$", re.I | re.M)
_SUMMARY = re.compile(r"^SUMMARY(?:;[^:]*)?:(.*)", re.I | re.M)
_UID = re.compile(r"^UID(?:;[^:]*)?:(.*)", re.I | re.M)
# Without these properties, it would be a different event.
_ESSENTIAL = ("DTSTART", "RECURRENCE-ID", "RRULE")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class EventText:
    """The lines of one VEVENT as in the file, and the number of the first line."""

    line: int
    rows: list[str]

    @cached_property
    def text(self) -> str:
        """The lines unfolded (RFC 5545, section 3.1)."""
        return _FOLD.sub("", "\n".join(self.rows))

    def properties(self) -> Iterator[tuple[int, str]]:
        """Yield each property as an unfolded line, with its line number in the file."""
        number = self.line
        for row in self.text.split("\n"):
            if row.strip() and not row.upper().startswith(("BEGIN:", "END:")):
                yield number, row
            number += 1
            while number - self.line < len(self.rows) and self.rows[number - self.line][:1] in (" ", "\t"):
                number += 1

    def line_of(self, name: str, value: str = "") -> int:
        """Return a property's line number, or 0. `value` selects one if the property is repeated."""
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
    """For each VCALENDAR, yield the lines outside events, and the events.

    An event without END:VEVENT ends where the next one begins.
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
    """Parse one event. Invalid lines are left out and reported."""
    chunk, line = source.text, source.line
    if sum(found[0].count(",") + 1 for found in _LISTED_DATES.finditer(chunk)) > MAX_LISTED_DATES:
        problems.add(_("more than %(most)d dates are added or removed") % {"most": MAX_LISTED_DATES}, line)
        return None
    try:
        event: Any = Event.from_ical(_prepare(chunk))
    except TooCostlyError:
        raise
    except Exception as error:
        # The library raises many kinds of errors whose messages are not meant for users.
        logger.info("An event cannot be read: %r", error)
        number, row = next(_unreadable_rows(source), (0, ""))
        words = _("cannot be read because of this line: %(line)s") if row else _("cannot be read")
        problems.add(words % {"line": _shorten(row)}, line, number)
        return None
    if not _remove_invalid(event, source, problems):
        return None
    component = RawComponent(source, event, zones)
    if not component.uid:
        problems.add(_("an event without a UID cannot be updated later"), line)
        return None
    if len(component.uid) > MAX_UID_LENGTH:
        problems.add(_("its UID is too long"), line, source.line_of("UID"))
        return None
    return component


def _remove_invalid(event: Any, source: EventText, problems: Problems) -> bool:
    """Remove and report invalid properties; return whether the essential ones remain."""
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
    # One reason for dropping an event is enough.
    for name in lost[:1] or broken:
        words = _("%(name)s is invalid: %(value)s") % {"name": name, "value": _shorten(broken[name])}
        problems.add(words, source.line, source.line_of(name, broken[name]))
    if not lost and any(name is None for name, _why in event.errors):
        for number, row in source.properties():
            if not _is_property(row):
                problems.add(_("a line is invalid: %(line)s") % {"line": _shorten(row)}, source.line, number)
    return not lost


def _is_property(row: str) -> bool:
    try:
        Contentline(row).parts()
    except ValueError:
        return False
    return True


def _unreadable_rows(source: EventText) -> Iterator[tuple[int, str]]:
    """Yield each line that is invalid by itself, with its number."""
    for number, row in source.properties():
        try:
            errors = Event.from_ical(_prepare(f"{BEGIN}\n{row}\n{END}")).errors
        except TooCostlyError:
            raise
        except Exception:
            yield number, row
        else:
            if errors:
                yield number, row


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_TEXT_LENGTH else f"{text[:MAX_TEXT_LENGTH]}…"


def _prepare(text: str) -> str:
    without_blanks = _VALUES.sub(lambda found: found[1] + "".join(found[2].split()), text)
    return _ZONED.sub(_rename_tzid, without_blanks).replace("\n", "\r\n")


def _rename_tzid(found: re.Match[str]) -> str:
    # A TZID has no meaning for a time in UTC (RFC 5545, section 3.2.19), yet some programs write it.
    name, before, tzid, rest = found.groups()
    return f"{name}{before}{rest}" if rest.endswith("Z") else f"{name}{before};{TZID}={tzid}{rest}"


def uid_in(chunk: str) -> str:
    found = _UID.search(chunk)
    return found[1].strip() if found else ""


def title_in(chunk: str) -> str:
    found = _SUMMARY.search(chunk)
    return _shorten(found[1].replace("\\", "").strip()) if found else ""


def zones_in(head: list[str], default: Any, problems: Problems) -> FileZones:
    zones = FileZones(default)
    vtimezone: list[str] | None = None
    for line in _FOLD.sub("", "\n".join(head)).split("\n"):
        prop, _colon, value = line.partition(":")
        prop, value = prop.partition(";")[0].strip().upper(), value.strip()
        if (prop, value.upper()) == ("BEGIN", "VTIMEZONE"):
            vtimezone = []
        elif (prop, value.upper()) == ("END", "VTIMEZONE") and vtimezone is not None:
            _describe(zones, vtimezone, problems)
            vtimezone = None
        elif vtimezone is not None:
            vtimezone.append(line)
        elif prop == "X-WR-TIMEZONE" and value:
            if found := named_zone(value):
                zones.default, zones.is_named = found, True
            else:
                words = _("The time zone %(name)s is unknown; %(zone)s is used.")
                problems.add(words % {"name": value, "zone": default})
    return zones


def _describe(zones: FileZones, lines: list[str], problems: Problems) -> None:
    try:
        zones.describe(lines)
    except Exception as error:
        # Each event in this zone reports which time zone is used instead.
        logger.info("A time zone cannot be read: %r", error)
        names = (line.partition(":")[2].strip() for line in lines if line.upper().startswith(("TZID:", "TZID;")))
        words = _("The description of a time zone in the file is invalid: %(name)s")
        problems.add(words % {"name": next(names, "–")})
