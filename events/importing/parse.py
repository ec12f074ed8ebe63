"""Parses a partner's calendar file into plain values; an error is reported with its line and affects one event only."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, vRecur

from events.clock import instant, is_plausible, midnight, wall_time
from events.recurrence import Rule, RuleError, horizon_from

MAX_EVENTS = 2000
MAX_LINES = 200_000
BEGIN, END = "BEGIN:VEVENT", "END:VEVENT"
_LOWEST_SEQUENCE = -1


class UnreadableError(ValueError):
    """A file or an event that cannot be imported; the text says why."""


@dataclass
class ImportedChange:
    """A changed date of an imported series; its times are wall times in the zone of the event."""

    day: date
    hour: time | None = None
    kind: str = "changed"
    start: datetime | None = None
    end: datetime | None = None
    title: str = ""
    place: str = ""


@dataclass
class ImportedEntry:
    """An imported event; all of its times are wall times in `zone`."""

    uid: str
    line: int
    title: str
    start: datetime
    end: datetime | None
    is_all_day: bool
    zone: str
    rule: str = ""
    added: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    changes: list[ImportedChange] = field(default_factory=list)
    is_cancelled: bool = False
    description: str = ""
    location: str = ""
    url: str = ""
    conference: str = ""
    contact: str = ""
    categories: list[str] = field(default_factory=list)


@dataclass
class ParsedFile:
    name: str = ""
    events: list[ImportedEntry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    # All UIDs in the file, also those of unreadable events: they are not gone from the source.
    uids: set[str] = field(default_factory=set)


@dataclass
class _RawComponent:
    """One VEVENT of the file, with the line on which it begins; the library does not type its properties."""

    line: int
    event: Any

    @property
    def uid(self) -> str:
        return str(self.event.get("UID", "")).strip()

    @property
    def version(self) -> tuple[int, str]:
        modified = self.event.get("LAST-MODIFIED") or self.event.get("DTSTAMP")
        return int(self.event.get("SEQUENCE", _LOWEST_SEQUENCE)), modified.to_ical().decode() if modified else ""


def parse(content: bytes, zone: ZoneInfo, now: datetime) -> ParsedFile:
    """Parse a calendar file; `zone` is for times without a zone. Raises UnreadableError if it is no calendar."""
    text = content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    lines = text.split("\n")
    if not any(line.strip().upper() == "BEGIN:VCALENDAR" for line in lines[:50]):
        raise UnreadableError(_("This is no calendar file."))
    if len(lines) > MAX_LINES:
        raise UnreadableError(_("The file has more than %(most)d lines.") % {"most": MAX_LINES})
    result = ParsedFile()
    head, chunks = _split(lines)
    zones = _zones(head, zone, result)
    by_uid: dict[str, list[_RawComponent]] = defaultdict(list)
    for number, (line, chunk) in enumerate(chunks):
        if number >= MAX_EVENTS:
            result.problems.append(_("Only the first %(most)d events were read.") % {"most": MAX_EVENTS})
            break
        if component := _raw_component(line, chunk, result):
            by_uid[component.uid].append(component)
    result.uids = set(by_uid)
    for uid, components in by_uid.items():
        try:
            result.events.append(_EventReader(zones, result, now).build(uid, components))
        except (UnreadableError, RuleError) as error:
            result.problems.append(_on_line(components[0].line, str(error)))
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError, IndexError) as error:
            # An unexpected error of the library affects this event only.
            result.problems.append(_on_line(components[0].line, _("cannot be read (%(why)s)") % {"why": error}))
    return result


def _on_line(line: int, words: str) -> str:
    return _("line %(line)d: %(words)s") % {"line": line, "words": words}


def _split(lines: list[str]) -> tuple[list[str], Iterator[tuple[int, str]]]:
    """Return the lines outside of events, and each event with the line on which it begins."""
    head: list[str] = []
    chunks: list[tuple[int, str]] = []
    first_line: int | None = None
    for number, line in enumerate(lines, 1):
        delimiter = line.strip().upper()
        if delimiter == BEGIN:
            if first_line is not None:
                chunks.append((first_line, "\r\n".join([*lines[first_line - 1 : number - 1], END])))
            first_line = number
        elif delimiter == END and first_line is not None:
            chunks.append((first_line, "\r\n".join(lines[first_line - 1 : number])))
            first_line = None
        elif first_line is None:
            head.append(line)
    if first_line is not None:
        chunks.append((first_line, "\r\n".join([*lines[first_line - 1 :], END])))
    return head, iter(chunks)


def _raw_component(line: int, chunk: str, result: ParsedFile) -> _RawComponent | None:
    try:
        event = Event.from_ical(chunk)
    except (ValueError, IndexError, KeyError, TypeError) as error:
        result.problems.append(_on_line(line, _("cannot be read (%(why)s)") % {"why": error}))
        return None
    for name, why in event.errors:
        result.problems.append(_on_line(line, _("%(name)s is not understood (%(why)s)") % {"name": name, "why": why}))
    component = _RawComponent(line, event)
    if not component.uid:
        result.problems.append(_on_line(line, _("an event without UID cannot be followed")))
        return None
    if len(component.uid) > 500:
        result.problems.append(_on_line(line, _("its UID is too long")))
        return None
    return component


@dataclass
class _Zones:
    """The zones that a file defines itself, and the default zone for times without one.

    `is_named` says whether the file names the default zone.
    """

    own: dict[str, tzinfo]
    default: ZoneInfo
    is_named: bool


def _zones(head: list[str], zone: ZoneInfo, result: ParsedFile) -> _Zones:
    own: dict[str, tzinfo] = {}
    default, is_named = zone, False
    try:
        calendar = Calendar.from_ical("\r\n".join(line for line in head if line.strip()))
    except (ValueError, IndexError, KeyError, TypeError) as error:
        result.problems.append(_("The head of the file is not understood: %(why)s") % {"why": error})
        return _Zones(own, default, is_named)
    result.name = str(calendar.get("NAME") or calendar.get("X-WR-CALNAME") or "")[:120]
    wanted = str(calendar.get("X-WR-TIMEZONE", "")).strip()
    if wanted in available_timezones():
        default, is_named = ZoneInfo(wanted), True
    elif wanted:
        result.problems.append(
            _("The time zone %(name)s is not known; %(zone)s is taken.") % {"name": wanted, "zone": zone}
        )
    for component in calendar.walk("VTIMEZONE"):
        if isinstance(component, Timezone):
            try:
                own[str(component.tz_name)] = component.to_tz(lookup_tzid=False)
            except (ValueError, KeyError, AttributeError, TypeError, IndexError) as error:
                result.problems.append(_("A time zone is not understood: %(why)s") % {"why": error})
    return _Zones(own, default, is_named)


class _EventReader:
    """Reads all components of one UID."""

    def __init__(self, zones: _Zones, result: ParsedFile, now: datetime):
        self.zones = zones
        self.result = result
        self.now = now

    def warn(self, line: int, words: str) -> None:
        self.result.problems.append(_on_line(line, words))

    def build(self, uid: str, components: list[_RawComponent]) -> ImportedEntry:
        masters = [component for component in components if "RECURRENCE-ID" not in component.event]
        exceptions = [component for component in components if "RECURRENCE-ID" in component.event]
        if len(masters) > 1:
            self.warn(masters[1].line, _("the same UID twice: the newer one is taken"))
        if not masters:
            self.warn(exceptions[0].line, _("a changed date without its series is taken as an event of its own"))
            masters, exceptions = [exceptions[0]], []
        master = max(masters, key=lambda component: component.version)
        event = self.master(uid, master)
        newest: dict[str, _RawComponent] = {}
        for component in exceptions:
            name = component.event["RECURRENCE-ID"].to_ical().decode()
            if name not in newest or component.version >= newest[name].version:
                newest[name] = component
        named = {change.day: change for change in event.changes}
        for component in newest.values():
            change = self.exception(event, component)
            if change.day in named and named[change.day].kind == "removed":
                event.changes.remove(named[change.day])
            event.changes.append(change)
        return event

    def master(self, uid: str, component: _RawComponent) -> ImportedEntry:
        source = component.event
        if "DTSTART" not in source:
            raise UnreadableError(_("an event without DTSTART"))
        is_all_day = not isinstance(source["DTSTART"].dt, datetime)
        zone = self.zone_of(source["DTSTART"], component.line, is_series="RRULE" in source)
        start = self.property_time(source["DTSTART"], zone)
        end = self.end_of(component, start, zone, is_all_day=is_all_day)
        if not is_plausible(start) or (end and not is_plausible(end)):
            raise UnreadableError(_("a year from 1900 to 2200 is needed"))
        html = _text(source, "X-ALT-DESC")
        event = ImportedEntry(
            uid=uid,
            line=component.line,
            title=_text(source, "SUMMARY")[:255] or _("Without title"),
            start=start,
            end=end,
            is_all_day=is_all_day,
            zone=zone.key,
            is_cancelled=_text(source, "STATUS").upper() == "CANCELLED",
            description=html if "<" in html else _text(source, "DESCRIPTION"),
            location=_text(source, "LOCATION"),
            url=_text(source, "URL"),
            conference=_text(source, "CONFERENCE"),
            contact=_text(source, "CONTACT"),
            categories=_categories(source),
        )
        for moment, until in self.moments(source, "RDATE", zone):
            if moment != start:
                event.added.append((moment, until))
        for moment, _until in self.moments(source, "EXDATE", zone):
            event.changes.append(ImportedChange(moment.date(), kind="removed"))
        if "RRULE" in source:
            self.apply_rule(event, source["RRULE"], component.line)
        return event

    def apply_rule(self, event: ImportedEntry, found: Any, line: int) -> None:
        if isinstance(found, list):
            self.warn(line, _("only the first of several rules is kept"))
            found = found[0]
        parts = dict(found)
        until = (parts.get("UNTIL") or [None])[0]
        if until is not None:
            parts["UNTIL"] = [self.last_day(until, event)]
        rule = Rule.parse(vRecur(parts).to_ical().decode())
        if rule.until and rule.until < event.start.date():
            raise RuleError(_("The series would end before its first date."))
        horizon = horizon_from(wall_time(self.now, ZoneInfo(event.zone)), event.start)
        first = next(rule.dates(event.start, horizon), None)
        if first is None:
            self.warn(line, _("the rule has no date in the coming years and is left out"))
            return
        if first != event.start:
            # RFC 5545 leaves this undefined; the first date counts, as in calendar applications, and becomes an RDATE.
            self.warn(line, _("the first date does not fit the rule and stands beside it"))
            length = event.end - event.start if event.end else None
            event.added.append((event.start, event.end))
            event.start, event.end = first, None if length is None else first + length
            if rule.count:
                rule = Rule(rule.period, rule.interval, rule.parts, rule.until, rule.count - 1 or 1)
        event.rule = str(rule)

    def last_day(self, until: date | datetime, event: ImportedEntry) -> date:
        """Return the last day that UNTIL includes."""
        if not isinstance(until, datetime):
            return until
        zone = ZoneInfo(event.zone)
        last = wall_time(until, zone) if until.tzinfo else until
        is_included = event.is_all_day or last.time() >= event.start.time()
        return last.date() if is_included else last.date() - timedelta(days=1)

    def exception(self, event: ImportedEntry, component: _RawComponent) -> ImportedChange:
        source, zone = component.event, ZoneInfo(event.zone)
        if str(source["RECURRENCE-ID"].params.get("RANGE", "")).upper() == "THISANDFUTURE":
            self.warn(component.line, _("a change of this and all later dates is taken for this one only"))
        original = self.property_time(source["RECURRENCE-ID"], zone)
        is_added = any(moment == original for moment, _end in event.added)
        change = ImportedChange(original.date(), original.time() if is_added else None)
        if _text(source, "STATUS").upper() == "CANCELLED":
            change.kind = "cancelled"
        if "DTSTART" in source:
            start = self.property_time(source["DTSTART"], zone)
            end = self.end_of(component, start, zone, is_all_day=event.is_all_day)
            usual = event.end - event.start if event.end else None
            if start != original:
                change.start = start
            if end and (usual is None or end - start != usual):
                change.start, change.end = start, end
        title, place = _text(source, "SUMMARY")[:255], _text(source, "LOCATION")[:200]
        change.title = title if title and title != event.title else ""
        change.place = place if place and place != event.location else ""
        return change

    def zone_of(self, start: Any, line: int, *, is_series: bool) -> ZoneInfo:
        """Return the zone in which the event is shown."""
        moment = start.dt
        if not isinstance(moment, datetime):
            return self.zones.default
        tzid = str(start.params.get("TZID", ""))
        if moment.tzinfo is None:
            if tzid and tzid not in self.zones.own:
                names = {"name": tzid, "zone": self.zones.default}
                self.warn(line, _("the time zone %(name)s is not known; %(zone)s is taken") % names)
            return self.zones.default
        key = getattr(moment.tzinfo, "key", "")
        if key in available_timezones() and key != "UTC":
            return ZoneInfo(key)
        if moment.tzinfo == UTC or key == "UTC":
            # A rule in UTC repeats in UTC, not at a wall time that follows clock changes.
            return ZoneInfo("UTC") if is_series and not self.zones.is_named else self.zones.default
        return self.zones.default

    def property_time(self, prop: Any, zone: ZoneInfo) -> datetime:
        return self.wall_time_of(prop.dt, zone, str(prop.params.get("TZID", "")))

    def wall_time_of(self, moment: date | datetime, zone: ZoneInfo, tzid: str = "") -> datetime:
        """Return the wall time of a value in the zone; a day becomes its midnight."""
        if not isinstance(moment, datetime):
            return midnight(moment)
        if moment.tzinfo is None and (own := self.zones.own.get(tzid)):
            moment = moment.replace(tzinfo=own)
        return wall_time(moment, zone) if moment.tzinfo else moment

    def end_of(self, component: _RawComponent, start: datetime, zone: ZoneInfo, *, is_all_day: bool) -> datetime | None:
        source = component.event
        if "DTEND" in source and "DURATION" in source:
            self.warn(component.line, _("an event with an end and a length: the end is taken"))
        if "DTEND" in source:
            end = self.property_time(source["DTEND"], zone)
        elif "DURATION" in source:
            length: timedelta = source["DURATION"].dt
            # Days of a DURATION are wall-clock days, hours are elapsed time (RFC 5545, section 3.3.6).
            later = wall_time(
                instant(start + timedelta(days=length.days), zone) + timedelta(seconds=length.seconds), zone
            )
            end = start + length if is_all_day else later
        else:
            return start + timedelta(days=1) if is_all_day else None
        if is_all_day and end == start:
            return start + timedelta(days=1)
        if end < start:
            raise UnreadableError(_("the end is before the start"))
        return end if end > start else None

    def moments(self, source: Any, name: str, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime | None]]:
        found = source.get(name, [])
        for prop in found if isinstance(found, list) else [found]:
            tzid = str(prop.params.get("TZID", ""))
            for value in prop.dts:
                moment = value.dt
                if isinstance(moment, tuple):
                    begin, until = moment
                    end = begin + until if isinstance(until, timedelta) else until
                    yield self.wall_time_of(begin, zone, tzid), self.wall_time_of(end, zone, tzid)
                else:
                    yield self.wall_time_of(moment, zone, tzid), None


def _text(source: Any, name: str) -> str:
    value = source.get(name, "")
    if isinstance(value, list):
        value = value[0]
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", str(value)).strip()


def _categories(source: Any) -> list[str]:
    found = source.get("CATEGORIES", [])
    return [str(name).strip() for prop in (found if isinstance(found, list) else [found]) for name in prop.cats]
