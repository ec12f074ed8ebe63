"""Reads the components of one UID as an event: its dates, its rule and what differs from it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import vRecur

from events.clock import instant, is_plausible, midnight, wall_time
from events.formatting.rules import format_rule
from events.importing.components import TZID, RawComponent
from events.importing.descriptions import description_in, same_text, text_in
from events.importing.problems import Problems
from events.importing.zones import plain_name
from events.recurrence import MAX_DATES, Rule, RuleError, horizon_from

UTC_NAMES = {"UTC", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Etc/Universal", "Zulu", "UCT", "Universal"}
ONE_DAY = timedelta(days=1)


class UnreadableError(ValueError):
    """A file or an event that cannot be imported; the text says why, and `line` where, if that is known."""

    def __init__(self, words: str, line: int = 0):
        super().__init__(words)
        self.line = line


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
    """An imported event; all of its times are wall times in `zone`.

    `last` is the end of its last date; None if there is always another.
    """

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
    last: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        return self.last is not None and instant(self.last, ZoneInfo(self.zone)) <= now

    def order(self, now: datetime) -> tuple[bool, timedelta]:
        """Return a key that sorts what comes first to the front, then what is over, the latest first."""
        if self.is_over(now):
            return True, now - instant(self.last or self.start, ZoneInfo(self.zone))
        return False, max(timedelta(0), instant(self.start, ZoneInfo(self.zone)) - now)


def entries_of(uid: str, components: list[RawComponent], problems: Problems, now: datetime) -> list[ImportedEntry]:
    """Return the event of one UID, and as events of their own the dates that are no part of it."""
    reader = _EventReader(problems, now)
    masters = [component for component in components if "RECURRENCE-ID" not in component]
    exceptions = _newest(component for component in components if "RECURRENCE-ID" in component)
    if len(masters) > 1:
        problems.add(_("the same UID twice: the newer one is taken"), masters[1].line)
    if masters:
        entries = [reader.series(uid, max(masters, key=lambda component: component.version), exceptions)]
    else:
        problems.add(
            _("the dates of a series without the series itself: they are taken as its dates"), components[0].line
        )
        entries = reader.instances(uid, exceptions)
    for entry in entries:
        entry.last = _last_end(entry, now)
    return entries


def _newest(components: Iterator[RawComponent]) -> list[RawComponent]:
    """Return the newest version of each changed date."""
    newest: dict[str, RawComponent] = {}
    for component in components:
        name = component.one("RECURRENCE-ID").to_ical().decode()
        if name not in newest or component.version >= newest[name].version:
            newest[name] = component
    return list(newest.values())


def _last_end(entry: ImportedEntry, now: datetime) -> datetime | None:
    ends = [entry.end or midnight(entry.start.date() + ONE_DAY)]
    length = ends[0] - entry.start
    ends += [end or start + length for start, end in entry.added]
    ends += [change.end or change.start + length for change in entry.changes if change.start]
    if entry.rule:
        horizon = horizon_from(wall_time(now, ZoneInfo(entry.zone)), entry.start)
        rule = Rule.parse(entry.rule)
        if not rule.is_over(entry.start, horizon):
            return None
        ends += [start + length for start in rule.dates(entry.start, horizon)][-1:]
    return max(ends)


class _EventReader:
    def __init__(self, problems: Problems, now: datetime):
        self.problems = problems
        self.now = now

    def series(self, uid: str, master: RawComponent, exceptions: list[RawComponent]) -> ImportedEntry:
        event = self.master(uid, master)
        # A date can be named in several zones; the newest change of it counts, and more than that it is left out.
        changes = {(change.day, change.hour): change for change in event.changes}
        for component in sorted(exceptions, key=lambda component: component.version):
            change = self.exception(event, component)
            if (other := changes.get((change.day, None))) and other.kind == "removed":
                if component.version < master.version:
                    # It was changed first and left out later.
                    continue
                del changes[change.day, None]
            changes[change.day, change.hour] = change
        event.changes = list(changes.values())
        self.keep_strays(event, master.line)
        return event

    def keep_strays(self, event: ImportedEntry, line: int) -> None:
        """Add the dates that the source changes although its series does not give them: they take place, too."""
        horizon = horizon_from(wall_time(self.now, ZoneInfo(event.zone)), event.start)
        days = {start.date() for start, _end in event.added} | {event.start.date()}
        if event.rule and event.changes:
            latest = [start.date() for start in Rule.parse(event.rule).latest(event.start, horizon)]
            days.update(latest)
            if len(latest) == MAX_DATES:
                event.changes = [change for change in event.changes if change.day >= latest[0]]
        days_ahead = {change.day for change in event.changes if change.day <= horizon.date()} - days
        strays = [change for change in event.changes if change.kind == "changed" and change.day in days_ahead]
        for change in strays:
            event.changes.remove(change)
            start = change.start or datetime.combine(change.day, event.start.time())
            event.added.append((start, change.end))
            if change.title or change.place:
                shown = ImportedChange(start.date(), start.time(), title=change.title, place=change.place)
                event.changes.append(shown)
        if strays:
            self.problems.add(_("it changes dates that its series does not have: they are taken as added ones"), line)

    def instances(self, uid: str, components: list[RawComponent]) -> list[ImportedEntry]:
        """Rebuild a series from a window of its dates; a date that cannot be one of it is an event of its own."""
        read = sorted((self.master(uid, component) for component in components), key=lambda entry: entry.start)
        series, *others = read
        alone = []
        length = series.end - series.start if series.end else None
        known = {series.start}
        cancelled = [series.start] if series.is_cancelled and others else []
        for other in others:
            usual = other.end - other.start if other.end else None
            is_alike = (other.is_all_day, other.zone, usual is None) == (series.is_all_day, series.zone, length is None)
            # An added date ends within a day of its beginning, unless it is as long as the others.
            is_alike = is_alike and (usual == length or (usual is not None and usual < ONE_DAY))
            if not is_alike or other.start in known:
                alone.append(self._alone(other))
                continue
            known.add(other.start)
            self.note_description(series, other.description, other.line)
            series.added.append((other.start, None if usual == length else other.end))
            cancelled += [other.start] if other.is_cancelled else []
            title = other.title if other.title != series.title else ""
            place = other.location[:200] if other.location != series.location else ""
            if title or place or other.is_cancelled:
                kind = "cancelled" if other.is_cancelled else "changed"
                change = ImportedChange(other.start.date(), other.start.time(), kind, title=title, place=place)
                series.changes.append(change)
        if series.is_cancelled and len(cancelled) <= len(series.added):
            series.is_cancelled = False
            series.changes.append(ImportedChange(series.start.date(), kind="cancelled"))
        return [series, *alone]

    @staticmethod
    def _alone(entry: ImportedEntry) -> ImportedEntry:
        entry.uid = f"{entry.uid[:480]}/{entry.start:%Y%m%dT%H%M}-{entry.title.encode().hex()[:4]}"
        return entry

    def master(self, uid: str, component: RawComponent) -> ImportedEntry:
        found = component.one("DTSTART")
        if found is None or not isinstance(found.dt, date):
            raise UnreadableError(_("an event without a start (DTSTART)"))
        is_all_day = not isinstance(found.dt, datetime)
        zone = self.zone_of(component, found)
        start = self.property_time(component, found, zone)
        end = self.end_of(component, start, zone, is_all_day=is_all_day)
        if not is_plausible(start) or (end and not is_plausible(end)):
            raise UnreadableError(_("a year from 1900 to 2200 is needed"), component.source.line_of("DTSTART"))
        event = ImportedEntry(
            uid=uid,
            line=component.line,
            title=text_in(component, "SUMMARY")[:255] or _("Without title"),
            start=start,
            end=end,
            is_all_day=is_all_day,
            zone=zone.key,
            is_cancelled=text_in(component, "STATUS").upper() == "CANCELLED",
            description=description_in(component),
            location=text_in(component, "LOCATION"),
            url=text_in(component, "URL"),
            conference=text_in(component, "CONFERENCE"),
            contact=text_in(component, "CONTACT"),
            categories=[str(name).strip() for prop in component.all("CATEGORIES") for name in prop.cats],
        )
        for moment, until in self.moments(component, "RDATE", zone):
            if moment != start:
                event.added.append((moment, until))
        for moment, _until in self.moments(component, "EXDATE", zone):
            event.changes.append(ImportedChange(moment.date(), kind="removed"))
        if rules := component.all("RRULE"):
            self.apply_rule(event, rules, component.source.line_of("RRULE"))
        return event

    def apply_rule(self, event: ImportedEntry, rules: list[Any], at: int) -> None:
        parts = dict(rules[0])
        until = (parts.get("UNTIL") or [None])[0]
        if until is not None:
            parts["UNTIL"] = [self.last_day(until, event)]
        rule = Rule.parse(vRecur(parts).to_ical().decode() or "RRULE")
        if len(rules) > 1:
            words = _("of %(n)d rules only the first is kept: %(rule)s")
            self.problems.add(words % {"n": len(rules), "rule": format_rule(str(rule))}, event.line, at)
        if rule.until and rule.until < event.start.date():
            raise RuleError(_("The series would end before its first date."))
        horizon = horizon_from(wall_time(self.now, ZoneInfo(event.zone)), event.start)
        first = next(rule.dates(event.start, horizon), None)
        if first is None:
            self.problems.add(_("the rule has no date in the coming years and is left out"), event.line, at)
            return
        if first != event.start:
            # RFC 5545 leaves this undefined; the first date counts, as in calendar applications, and becomes an RDATE.
            self.problems.add(_("the first date does not fit the rule and stands beside it"), event.line, at)
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
        return last.date() if is_included else last.date() - ONE_DAY

    def exception(self, event: ImportedEntry, component: RawComponent) -> ImportedChange:
        recurrence_id, zone = component.one("RECURRENCE-ID"), ZoneInfo(event.zone)
        if str(recurrence_id.params.get("RANGE", "")).upper() == "THISANDFUTURE":
            at = component.source.line_of("RECURRENCE-ID")
            self.problems.add(_("a change of this and all later dates is taken for this one only"), component.line, at)
        original = self.property_time(component, recurrence_id, zone)
        is_added = any(moment == original for moment, _end in event.added)
        change = ImportedChange(original.date(), original.time() if is_added else None)
        if text_in(component, "STATUS").upper() == "CANCELLED":
            change.kind = "cancelled"
        if found := component.one("DTSTART"):
            start = self.property_time(component, found, zone)
            end = self.end_of(component, start, zone, is_all_day=event.is_all_day)
            usual = event.end - event.start if event.end else None
            if start != original:
                change.start = start
            if end and (usual is None or end - start != usual):
                change.start, change.end = start, end
        title, place = text_in(component, "SUMMARY")[:255], text_in(component, "LOCATION")[:200]
        change.title = title if title and title != event.title else ""
        change.place = place if place and place != event.location else ""
        self.note_description(event, description_in(component), component.line)
        return change

    def note_description(self, event: ImportedEntry, text: str, line: int) -> None:
        if text and not same_text(text, event.description):
            words = _("its own description is left out: a date of a series has only a title, a place and a link")
            self.problems.add(words, line)

    def zone_of(self, component: RawComponent, start: Any) -> ZoneInfo:
        """Return the zone in which the event is shown."""
        zones, moment = component.zones, start.dt
        if not isinstance(moment, datetime):
            return zones.default
        tzid = _tzid(start)
        if not tzid:
            is_utc = moment.tzinfo is not None
        else:
            shown = moment.replace(tzinfo=None)
            if zones.disagrees(tzid, shown):
                words = _("the file describes the time zone %(name)s otherwise; the clock of its name is taken")
                self.problems.add(words % {"name": tzid}, component.line, component.source.line_of("DTSTART"))
            found = self.zone_named(component, tzid, shown)
            if found is not None and found.key not in UTC_NAMES:
                return found
            is_utc = found is not None
        # A rule in UTC repeats in UTC, not at a wall time that follows clock changes.
        return ZoneInfo("UTC") if is_utc and "RRULE" in component and not zones.is_named else zones.default

    def zone_named(self, component: RawComponent, tzid: str, shown: datetime) -> ZoneInfo | None:
        """Return the zone that a TZID names, else one like that which the file describes; None for neither."""
        zones = component.zones
        if found := zones.named(tzid):
            return found
        line = component.source.line_of("DTSTART")
        if tzid not in zones.described:
            words = _("the time zone %(name)s is not known; %(zone)s is taken")
        elif found := zones.zone_like(tzid, shown.year, last_year := self._last_year(component, shown)):
            return found
        elif "RRULE" in component and (found := zones.zone_nearly_like(tzid, shown.year, last_year)):
            words = _("no known time zone is quite like %(name)s of the file; %(zone)s is, but for some days a year")
            self.problems.add(words % {"name": tzid, "zone": found}, component.line, line)
            return found
        else:
            words = _("no known time zone is like %(name)s of the file; the moments are kept, on the clock of %(zone)s")
        self.problems.add(words % {"name": tzid, "zone": zones.default}, component.line, line)
        return None

    def _last_year(self, component: RawComponent, shown: datetime) -> int:
        if (rule := component.one("RRULE")) is None:
            return shown.year
        until = (rule.get("UNTIL") or [None])[0]
        horizon = max(self.now.year, shown.year) + 2
        return min(horizon, max(shown.year, until.year)) if until else horizon

    def property_time(self, component: RawComponent, prop: Any, zone: ZoneInfo) -> datetime:
        return self.wall_time_of(component, prop.dt, zone, _tzid(prop))

    def wall_time_of(
        self, component: RawComponent, moment: date | datetime, zone: ZoneInfo, tzid: str = ""
    ) -> datetime:
        """Return the wall time of a value in the zone; a day becomes its midnight."""
        if not isinstance(moment, date):
            raise UnreadableError(_("an hour without a day: %(hour)s") % {"hour": moment})
        if not isinstance(moment, datetime):
            return midnight(moment)
        if tzid:
            moment = component.zones.aware(moment.replace(tzinfo=None), tzid) or moment.replace(tzinfo=None)
        return wall_time(moment.astimezone(UTC), zone) if moment.tzinfo else moment

    def end_of(self, component: RawComponent, start: datetime, zone: ZoneInfo, *, is_all_day: bool) -> datetime | None:
        last, length = component.one("DTEND"), component.one("DURATION")
        if last and length:
            self.problems.add(_("an event with an end and a length: the end is taken"), component.line)
        if last:
            end = self.property_time(component, last, zone)
        elif length:
            # Days of a DURATION are wall-clock days, hours are elapsed time (RFC 5545, section 3.3.6).
            days, seconds = timedelta(days=length.dt.days), timedelta(seconds=length.dt.seconds)
            end = start + length.dt if is_all_day else wall_time(instant(start + days, zone) + seconds, zone)
        else:
            return start + ONE_DAY if is_all_day else None
        if is_all_day and end == start:
            return start + ONE_DAY
        if end < start:
            line = component.source.line_of("DTEND") or component.source.line_of("DURATION")
            raise UnreadableError(_("the end is before the start"), line)
        return end if end > start else None

    def moments(self, component: RawComponent, name: str, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime | None]]:
        for prop in component.all(name):
            tzid = _tzid(prop)
            for value in prop.dts:
                moment = value.dt
                if isinstance(moment, tuple):
                    begin, until = moment
                    end = begin + until if isinstance(until, timedelta) else until
                    yield (
                        self.wall_time_of(component, begin, zone, tzid),
                        self.wall_time_of(component, end, zone, tzid),
                    )
                else:
                    yield self.wall_time_of(component, moment, zone, tzid), None


def _tzid(prop: Any) -> str:
    return plain_name(str(prop.params.get(TZID, "")))
