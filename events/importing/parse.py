"""Reads a partner's calendar into plain values: what cannot be read is named with its line, and stops nothing else."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, vRecur

from events.clock import instant, is_plausible, midnight, wall
from events.recurrence import Rule, RuleError, horizon_from

MOST_EVENTS = 2000
MOST_LINES = 200_000
BEGIN, END = "BEGIN:VEVENT", "END:VEVENT"
_LOWEST_SEQUENCE = -1


class UnreadableError(ValueError):
    """A file or an event that cannot be taken in; its text says why."""


@dataclass
class ChangedTime:
    """What a partner says of one date of a series, on the clock of the event."""

    day: date
    hour: time | None = None
    kind: str = "changed"
    start: datetime | None = None
    end: datetime | None = None
    title: str = ""
    place: str = ""


@dataclass
class Incoming:
    """One event of a partner; `start`, `end` and everything else stand on the clock of `zone`."""

    uid: str
    line: int
    title: str
    start: datetime
    end: datetime | None
    is_all_day: bool
    zone: str
    rule: str = ""
    added: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    changes: list[ChangedTime] = field(default_factory=list)
    is_cancelled: bool = False
    description: str = ""
    location: str = ""
    url: str = ""
    conference: str = ""
    contact: str = ""
    categories: list[str] = field(default_factory=list)


@dataclass
class Reading:
    name: str = ""
    events: list[Incoming] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    # Every name in the file, that of an unreadable event too: it is not gone from the source.
    uids: set[str] = field(default_factory=set)


@dataclass
class _RawComponent:
    """One VEVENT as it stands in the file; the library types each property as what any property can be."""

    line: int
    event: Any

    @property
    def uid(self) -> str:
        return str(self.event.get("UID", "")).strip()

    @property
    def version(self) -> tuple[int, str]:
        modified = self.event.get("LAST-MODIFIED") or self.event.get("DTSTAMP")
        return int(self.event.get("SEQUENCE", _LOWEST_SEQUENCE)), modified.to_ical().decode() if modified else ""


def read(content: bytes, zone: ZoneInfo, now: datetime) -> Reading:
    """The events of a file; `zone` is for times that name none. UnreadableError where it is no calendar at all."""
    text = content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    lines = text.split("\n")
    if not any(line.strip().upper() == "BEGIN:VCALENDAR" for line in lines[:50]):
        raise UnreadableError(_("This is no calendar file."))
    if len(lines) > MOST_LINES:
        raise UnreadableError(_("The file has more than %(most)d lines.") % {"most": MOST_LINES})
    reading = Reading()
    head, chunks = _split(lines)
    clocks = _clocks(head, zone, reading)
    by_uid: dict[str, list[_RawComponent]] = defaultdict(list)
    for number, (line, chunk) in enumerate(chunks):
        if number >= MOST_EVENTS:
            reading.problems.append(_("Only the first %(most)d events were read.") % {"most": MOST_EVENTS})
            break
        if piece := _piece(line, chunk, reading):
            by_uid[piece.uid].append(piece)
    reading.uids = set(by_uid)
    for uid, pieces in by_uid.items():
        try:
            reading.events.append(_EventReader(clocks, zone, reading, now).incoming(uid, pieces))
        except (UnreadableError, RuleError) as error:
            reading.problems.append(_at(pieces[0].line, str(error)))
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError, IndexError) as error:
            # Whatever a stranger's file makes the parser do stays with that event.
            reading.problems.append(_at(pieces[0].line, _("cannot be read (%(why)s)") % {"why": error}))
    return reading


def _at(line: int, words: str) -> str:
    return _("line %(line)d: %(words)s") % {"line": line, "words": words}


def _split(lines: list[str]) -> tuple[list[str], Iterator[tuple[int, str]]]:
    """What is not an event, and each event with the line on which it begins."""
    head: list[str] = []
    chunks: list[tuple[int, str]] = []
    begun: int | None = None
    for number, line in enumerate(lines, 1):
        mark = line.strip().upper()
        if mark == BEGIN:
            if begun is not None:
                chunks.append((begun, "\r\n".join([*lines[begun - 1 : number - 1], END])))
            begun = number
        elif mark == END and begun is not None:
            chunks.append((begun, "\r\n".join(lines[begun - 1 : number])))
            begun = None
        elif begun is None:
            head.append(line)
    if begun is not None:
        chunks.append((begun, "\r\n".join([*lines[begun - 1 :], END])))
    return head, iter(chunks)


def _piece(line: int, chunk: str, reading: Reading) -> _RawComponent | None:
    try:
        component = Event.from_ical(chunk)
    except (ValueError, IndexError, KeyError, TypeError) as error:
        reading.problems.append(_at(line, _("cannot be read (%(why)s)") % {"why": error}))
        return None
    for name, why in component.errors:
        reading.problems.append(_at(line, _("%(name)s is not understood (%(why)s)") % {"name": name, "why": why}))
    piece = _RawComponent(line, component)
    if not piece.uid:
        reading.problems.append(_at(line, _("an event without UID cannot be followed")))
        return None
    if len(piece.uid) > 500:
        reading.problems.append(_at(line, _("its UID is too long")))
        return None
    return piece


@dataclass
class _Clocks:
    """The zones that a file describes itself, and the one that it gives to times without any."""

    own: dict[str, tzinfo]
    default: ZoneInfo
    is_named: bool


def _clocks(head: list[str], zone: ZoneInfo, reading: Reading) -> _Clocks:
    own: dict[str, tzinfo] = {}
    default, is_named = zone, False
    try:
        calendar = Calendar.from_ical("\r\n".join(line for line in head if line.strip()))
    except (ValueError, IndexError, KeyError, TypeError) as error:
        reading.problems.append(_("The head of the file is not understood: %(why)s") % {"why": error})
        return _Clocks(own, default, is_named)
    reading.name = str(calendar.get("NAME") or calendar.get("X-WR-CALNAME") or "")[:120]
    wanted = str(calendar.get("X-WR-TIMEZONE", "")).strip()
    if wanted in available_timezones():
        default, is_named = ZoneInfo(wanted), True
    elif wanted:
        reading.problems.append(
            _("The time zone %(name)s is not known; %(zone)s is taken.") % {"name": wanted, "zone": zone}
        )
    for component in calendar.walk("VTIMEZONE"):
        if isinstance(component, Timezone):
            try:
                own[str(component.tz_name)] = component.to_tz(lookup_tzid=False)
            except (ValueError, KeyError, AttributeError, TypeError, IndexError) as error:
                reading.problems.append(_("A time zone is not understood: %(why)s") % {"why": error})
    return _Clocks(own, default, is_named)


class _EventReader:
    """Reads all pieces of one UID."""

    def __init__(self, clocks: _Clocks, zone: ZoneInfo, reading: Reading, now: datetime):
        self.clocks = clocks
        self.subscribed = zone
        self.reading = reading
        self.now = now

    def warn(self, line: int, words: str) -> None:
        self.reading.problems.append(_at(line, words))

    def incoming(self, uid: str, pieces: list[_RawComponent]) -> Incoming:
        masters = [piece for piece in pieces if "RECURRENCE-ID" not in piece.event]
        exceptions = [piece for piece in pieces if "RECURRENCE-ID" in piece.event]
        if len(masters) > 1:
            self.warn(masters[1].line, _("the same UID twice: the newer one is taken"))
        if not masters:
            self.warn(exceptions[0].line, _("a changed date without its series is taken as an event of its own"))
            masters, exceptions = [exceptions[0]], []
        master = max(masters, key=lambda piece: piece.version)
        event = self.master(uid, master)
        newest: dict[str, _RawComponent] = {}
        for piece in exceptions:
            name = piece.event["RECURRENCE-ID"].to_ical().decode()
            if name not in newest or piece.version >= newest[name].version:
                newest[name] = piece
        named = {change.day: change for change in event.changes}
        for piece in newest.values():
            change = self.exception(event, piece)
            if change.day in named and named[change.day].kind == "removed":
                event.changes.remove(named[change.day])
            event.changes.append(change)
        return event

    def master(self, uid: str, piece: _RawComponent) -> Incoming:
        source = piece.event
        if "DTSTART" not in source:
            raise UnreadableError(_("an event without DTSTART"))
        is_all_day = not isinstance(source["DTSTART"].dt, datetime)
        zone = self.zone_of(source["DTSTART"], piece.line, is_series="RRULE" in source)
        start = self.shown(source["DTSTART"], zone)
        end = self.end_of(piece, start, zone, is_all_day=is_all_day)
        if not is_plausible(start) or (end and not is_plausible(end)):
            raise UnreadableError(_("a year from 1900 to 2200 is needed"))
        event = Incoming(
            uid=uid,
            line=piece.line,
            title=_text(source, "SUMMARY")[:255] or _("Without title"),
            start=start,
            end=end,
            is_all_day=is_all_day,
            zone=zone.key,
            is_cancelled=_text(source, "STATUS").upper() == "CANCELLED",
            description=_text(source, "X-ALT-DESC")
            if "<" in _text(source, "X-ALT-DESC")
            else _text(source, "DESCRIPTION"),
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
            event.changes.append(ChangedTime(moment.date(), kind="removed"))
        if "RRULE" in source:
            self.take_rule(event, source["RRULE"], piece.line)
        return event

    def take_rule(self, event: Incoming, found: Any, line: int) -> None:
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
        first = next(rule.dates(event.start, horizon_from(wall(self.now, ZoneInfo(event.zone)), event.start)), None)
        if first is None:
            self.warn(line, _("the rule has no date in the coming years and is left out"))
            return
        if first != event.start:
            # RFC 5545 leaves this open; here the first date counts, as calendars do, and is one of those added.
            self.warn(line, _("the first date does not fit the rule and stands beside it"))
            length = event.end - event.start if event.end else None
            event.added.append((event.start, event.end))
            event.start, event.end = first, None if length is None else first + length
            if rule.count:
                rule = Rule(rule.period, rule.interval, rule.parts, rule.until, rule.count - 1 or 1)
        event.rule = str(rule)

    def last_day(self, until: date | datetime, event: Incoming) -> date:
        """The last day that the rule's end includes."""
        if not isinstance(until, datetime):
            return until
        zone = ZoneInfo(event.zone)
        shown = wall(until, zone) if until.tzinfo else until
        return (
            shown.date() if event.is_all_day or shown.time() >= event.start.time() else shown.date() - timedelta(days=1)
        )

    def exception(self, event: Incoming, piece: _RawComponent) -> ChangedTime:
        source, zone = piece.event, ZoneInfo(event.zone)
        if str(source["RECURRENCE-ID"].params.get("RANGE", "")).upper() == "THISANDFUTURE":
            self.warn(piece.line, _("a change of this and all later dates is taken for this one only"))
        original = self.shown(source["RECURRENCE-ID"], zone)
        is_added = any(moment == original for moment, _end in event.added)
        change = ChangedTime(original.date(), original.time() if is_added else None)
        if _text(source, "STATUS").upper() == "CANCELLED":
            change.kind = "cancelled"
        if "DTSTART" in source:
            start = self.shown(source["DTSTART"], zone)
            end = self.end_of(piece, start, zone, is_all_day=event.is_all_day)
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
        """The clock that an event is shown on."""
        moment = start.dt
        if not isinstance(moment, datetime):
            return self.clocks.default
        tzid = str(start.params.get("TZID", ""))
        if moment.tzinfo is None:
            if tzid and tzid not in self.clocks.own:
                self.warn(
                    line,
                    _("the time zone %(name)s is not known; %(zone)s is taken")
                    % {"name": tzid, "zone": self.clocks.default},
                )
            return self.clocks.default
        key = getattr(moment.tzinfo, "key", "")
        if key in available_timezones() and key != "UTC":
            return ZoneInfo(key)
        if moment.tzinfo == UTC or key == "UTC":
            # A rule in UTC keeps its hour there, not on a clock that changes.
            return ZoneInfo("UTC") if is_series and not self.clocks.is_named else self.clocks.default
        return self.clocks.default

    def shown(self, prop: Any, zone: ZoneInfo) -> datetime:
        return self.on_clock(prop.dt, zone, str(prop.params.get("TZID", "")))

    def on_clock(self, moment: date | datetime, zone: ZoneInfo, tzid: str = "") -> datetime:
        """A moment as the clock of the zone shows it; a day is its midnight."""
        if not isinstance(moment, datetime):
            return midnight(moment)
        if moment.tzinfo is None and (own := self.clocks.own.get(tzid)):
            moment = moment.replace(tzinfo=own)
        return wall(moment, zone) if moment.tzinfo else moment

    def end_of(self, piece: _RawComponent, start: datetime, zone: ZoneInfo, *, is_all_day: bool) -> datetime | None:
        source = piece.event
        if "DTEND" in source and "DURATION" in source:
            self.warn(piece.line, _("an event with an end and a length: the end is taken"))
        if "DTEND" in source:
            end = self.shown(source["DTEND"], zone)
        elif "DURATION" in source:
            length: timedelta = source["DURATION"].dt
            # Days are days on the clock, hours are hours that pass.
            later = wall(instant(start + timedelta(days=length.days), zone) + timedelta(seconds=length.seconds), zone)
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
                    yield self.on_clock(begin, zone, tzid), self.on_clock(end, zone, tzid)
                else:
                    yield self.on_clock(moment, zone, tzid), None


def _text(source: Any, name: str) -> str:
    value = source.get(name, "")
    if isinstance(value, list):
        value = value[0]
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", str(value)).strip()


def _categories(source: Any) -> list[str]:
    found = source.get("CATEGORIES", [])
    return [str(name).strip() for prop in (found if isinstance(found, list) else [found]) for name in prop.cats]
