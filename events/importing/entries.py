"""Reads the VEVENTs of one UID as an event: its dates, its rule and its exceptions."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
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
from events.importing.zones import NEARLY, plain_name
from events.recurrence import MAX_DATES, Rule, RuleError, horizon_from

UTC_NAMES = {"UTC", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Etc/Universal", "Zulu", "UCT", "Universal"}
ONE_DAY = timedelta(days=1)


class UnreadableError(ValueError):
    """A file or an event cannot be imported. The text is the reason; `line` is its line in the file, or 0."""

    def __init__(self, words: str, line: int = 0):
        super().__init__(words)
        self.line = line


@dataclass
class ImportedChange:
    """A changed date of an imported series. Its times are wall times in the event's zone."""

    day: date
    hour: time | None = None
    kind: str = "changed"
    start: datetime | None = None
    end: datetime | None = None
    title: str = ""
    place: str = ""


@dataclass
class ImportedEntry:
    """An imported event. Its times are wall times in `zone`. `last` is the end of its last date; None if endless."""

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

    @property
    def clock(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def length(self) -> timedelta | None:
        return self.end - self.start if self.end else None

    def horizon(self, now: datetime) -> datetime:
        return horizon_from(wall_time(now, self.clock), self.start)

    def is_over(self, now: datetime) -> bool:
        return self.last is not None and instant(self.last, self.clock) <= now

    def order(self, now: datetime) -> tuple[bool, timedelta]:
        """Return a sort key: upcoming events, soonest first, then past events, latest first."""
        if self.is_over(now):
            return True, now - instant(self.last or self.start, self.clock)
        return False, max(timedelta(0), instant(self.start, self.clock) - now)


def entries_of(uid: str, components: list[RawComponent], problems: Problems, now: datetime) -> list[ImportedEntry]:
    """Return the event of one UID, and separate events for dates that cannot be part of it."""
    reader = _EventReader(problems, now)
    masters = [component for component in components if "RECURRENCE-ID" not in component]
    exceptions = _newest(component for component in components if "RECURRENCE-ID" in component)
    if len(masters) > 1:
        problems.add(_("the same UID twice: the newer version is used"), masters[1].line)
    if masters:
        entries = [reader.series(max(masters, key=lambda component: component.version), exceptions)]
    else:
        words = _("dates of a series without the series itself: they were combined into a series")
        problems.add(words, components[0].line)
        entries = reader.instances(exceptions)
    for entry in entries:
        entry.last = _last_end(entry, now)
    return entries


def _newest(components: Iterator[RawComponent]) -> list[RawComponent]:
    newest: dict[str, RawComponent] = {}
    for component in components:
        name = component.one("RECURRENCE-ID").to_ical().decode()
        if name not in newest or component.version >= newest[name].version:
            newest[name] = component
    return list(newest.values())


def _last_end(entry: ImportedEntry, now: datetime) -> datetime | None:
    length = entry.length or midnight(entry.start.date() + ONE_DAY) - entry.start
    ends = [entry.start + length]
    ends += [end or start + length for start, end in entry.added]
    ends += [change.end or change.start + length for change in entry.changes if change.start]
    if entry.rule:
        rule, horizon = Rule.parse(entry.rule), entry.horizon(now)
        if not rule.is_over(entry.start, horizon):
            return None
        ends += [start + length for start in rule.dates(entry.start, horizon)][-1:]
    return max(ends)


class _EventReader:
    def __init__(self, problems: Problems, now: datetime):
        self.problems = problems
        self.now = now

    def series(self, master: RawComponent, exceptions: list[RawComponent]) -> ImportedEntry:
        event = self.master(master)
        # Several lines may give the same date in different time zones. The newest change counts, unless the date was
        # removed later.
        changes = {(change.day, change.hour): change for change in event.changes}
        for component in sorted(exceptions, key=lambda component: component.version):
            change = self.exception(event, component)
            if (other := changes.get((change.day, None))) and other.kind == "removed":
                if component.version < master.version:
                    continue
                del changes[change.day, None]
            changes[change.day, change.hour] = change
        event.changes = list(changes.values())
        self.add_unmatched_changes(event, master.line)
        return event

    def add_unmatched_changes(self, event: ImportedEntry, line: int) -> None:
        """Turn changes of dates that the series does not have into added dates."""
        horizon = event.horizon(self.now)
        days = {start.date() for start, _end in event.added} | {event.start.date()}
        if event.rule and event.changes:
            latest = [start.date() for start in Rule.parse(event.rule).latest(event.start, horizon)]
            days.update(latest)
            if len(latest) == MAX_DATES:
                event.changes = [change for change in event.changes if change.day >= latest[0]]
        unmatched = [
            change
            for change in event.changes
            if change.kind == "changed" and change.day <= horizon.date() and change.day not in days
        ]
        for change in unmatched:
            event.changes.remove(change)
            start = change.start or datetime.combine(change.day, event.start.time())
            event.added.append((start, change.end))
            if change.title or change.place:
                shown = ImportedChange(start.date(), start.time(), title=change.title, place=change.place)
                event.changes.append(shown)
        if unmatched:
            self.problems.add(_("changed dates that are not part of the series: they were added to it"), line)

    def instances(self, components: list[RawComponent]) -> list[ImportedEntry]:
        """Build a series from its single dates. A date that cannot be part of it becomes a separate event."""
        series, *others = sorted(map(self.master, components), key=lambda entry: entry.start)
        separate = []
        starts = {series.start}
        cancelled = 0
        for other in others:
            is_alike = (other.is_all_day, other.zone) == (series.is_all_day, series.zone)
            # The portal supports added dates that are shorter than a day or have the same length as the others.
            has_length = other.length == series.length or bool(
                series.length and other.length and other.length < ONE_DAY
            )
            if not (is_alike and has_length) or other.start in starts:
                uid = f"{other.uid[:480]}/{other.start:%Y%m%dT%H%M}-{other.title.encode().hex()[:4]}"
                separate.append(replace(other, uid=uid))
                continue
            starts.add(other.start)
            cancelled += other.is_cancelled
            self.report_description(series, other.description, other.line)
            series.added.append((other.start, None if other.length == series.length else other.end))
            title = other.title if other.title != series.title else ""
            place = other.location[:200] if other.location != series.location else ""
            if title or place or other.is_cancelled:
                kind = "cancelled" if other.is_cancelled else "changed"
                change = ImportedChange(other.start.date(), other.start.time(), kind, title=title, place=place)
                series.changes.append(change)
        if series.is_cancelled and cancelled < len(series.added):
            series.is_cancelled = False
            series.changes.append(ImportedChange(series.start.date(), kind="cancelled"))
        return [series, *separate]

    def master(self, component: RawComponent) -> ImportedEntry:
        found = component.one("DTSTART")
        if found is None or not isinstance(found.dt, date):
            raise UnreadableError(_("an event without a start (DTSTART)"))
        is_all_day = not isinstance(found.dt, datetime)
        zone = self.zone_of(component, found)
        start = self.shown(component, found.dt, zone, _tzid(found))
        end = self.end_of(component, start, zone, is_all_day=is_all_day)
        if not is_plausible(start) or (end and not is_plausible(end)):
            raise UnreadableError(_("the year must be between 1900 and 2200"), component.source.line_of("DTSTART"))
        event = ImportedEntry(
            uid=component.uid,
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
        event.added = [date_ for date_ in self.listed_dates(component, "RDATE", zone) if date_[0] != start]
        removed = self.listed_dates(component, "EXDATE", zone)
        event.changes = [ImportedChange(shown.date(), kind="removed") for shown, _end in removed]
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
            words = _("only the first of %(n)d rules is used: %(rule)s")
            self.problems.add(words % {"n": len(rules), "rule": format_rule(str(rule))}, event.line, at)
        if rule.until and rule.until < event.start.date():
            raise RuleError(_("The series would end before its first date."))
        first = next(rule.dates(event.start, event.horizon(self.now)), None)
        if first is None:
            self.problems.add(_("the rule gives no date in the coming years and was left out"), event.line, at)
            return
        if first != event.start:
            # RFC 5545 leaves this undefined. Calendar applications show the first date, so it becomes an RDATE.
            self.problems.add(_("the first date does not fit the rule and was added separately"), event.line, at)
            length = event.length
            event.added.append((event.start, event.end))
            event.start, event.end = first, None if length is None else first + length
            if rule.count:
                rule = replace(rule, count=rule.count - 1 or 1)
        event.rule = str(rule)

    def last_day(self, until: date | datetime, event: ImportedEntry) -> date:
        if not isinstance(until, datetime):
            return until
        last = wall_time(until, event.clock) if until.tzinfo else until
        is_included = event.is_all_day or last.time() >= event.start.time()
        return last.date() if is_included else last.date() - ONE_DAY

    def exception(self, event: ImportedEntry, component: RawComponent) -> ImportedChange:
        recurrence_id, zone = component.one("RECURRENCE-ID"), event.clock
        if str(recurrence_id.params.get("RANGE", "")).upper() == "THISANDFUTURE":
            at = component.source.line_of("RECURRENCE-ID")
            self.problems.add(_("a change of this and all later dates is used for this one only"), component.line, at)
        original = self.shown(component, recurrence_id.dt, zone, _tzid(recurrence_id))
        is_added = original in [start for start, _end in event.added]
        change = ImportedChange(original.date(), original.time() if is_added else None)
        if text_in(component, "STATUS").upper() == "CANCELLED":
            change.kind = "cancelled"
        if found := component.one("DTSTART"):
            start = self.shown(component, found.dt, zone, _tzid(found))
            end = self.end_of(component, start, zone, is_all_day=event.is_all_day)
            if start != original:
                change.start = start
            if end and end - start != event.length:
                change.start, change.end = start, end
        title, place = text_in(component, "SUMMARY")[:255], text_in(component, "LOCATION")[:200]
        change.title = title if title and title != event.title else ""
        change.place = place if place and place != event.location else ""
        self.report_description(event, description_in(component), component.line)
        return change

    def report_description(self, event: ImportedEntry, text: str, line: int) -> None:
        if text and not same_text(text, event.description):
            words = _("its own description was left out: a date of a series has only a title, a place and a link")
            self.problems.add(words, line)

    def zone_of(self, component: RawComponent, start: Any) -> ZoneInfo:
        zones, tzid = component.zones, _tzid(start)
        if not isinstance(start.dt, datetime):
            return zones.default
        is_utc = start.dt.tzinfo is not None
        if tzid:
            shown = start.dt.replace(tzinfo=None)
            if zones.disagrees(tzid, shown):
                words = _("the file describes the time zone %(name)s differently; the time zone of that name is used")
                self.problems.add(words % {"name": tzid}, component.line, component.source.line_of("DTSTART"))
            found = self.zone_named(component, tzid, shown)
            if found is not None and found.key not in UTC_NAMES:
                return found
            is_utc = found is not None
        # A rule in UTC repeats in UTC, not at a wall time that follows clock changes.
        return ZoneInfo("UTC") if is_utc and "RRULE" in component and not zones.is_named else zones.default

    def zone_named(self, component: RawComponent, tzid: str, shown: datetime) -> ZoneInfo | None:
        """Return the zone with the name `tzid`, or one like its VTIMEZONE; None if there is neither."""
        zones, found = component.zones, component.zones.named(tzid)
        if found:
            return found
        if tzid not in zones.described:
            words = _("the time zone %(name)s is unknown; %(zone)s is used")
        elif found := zones.zone_like(tzid, shown.year, last_year := self._last_year(component, shown)):
            return found
        elif "RRULE" in component and (found := zones.zone_like(tzid, shown.year, last_year, NEARLY)):
            words = _(
                "no time zone matches %(name)s of the file exactly; %(zone)s is used, which differs on a few days"
            )
        else:
            words = _("no time zone matches %(name)s of the file; its times were converted to %(zone)s")
        names = {"name": tzid, "zone": found or zones.default}
        self.problems.add(words % names, component.line, component.source.line_of("DTSTART"))
        return found

    def _last_year(self, component: RawComponent, shown: datetime) -> int:
        if (rule := component.one("RRULE")) is None:
            return shown.year
        until = (rule.get("UNTIL") or [None])[0]
        horizon = max(self.now.year, shown.year) + 2
        return min(horizon, max(shown.year, until.year)) if until else horizon

    def shown(self, component: RawComponent, value: date | datetime, zone: ZoneInfo, tzid: str) -> datetime:
        """Return a value as a wall time in the zone; for a day, midnight."""
        if not isinstance(value, date):
            raise UnreadableError(_("a time without a day: %(hour)s") % {"hour": value})
        if not isinstance(value, datetime):
            return midnight(value)
        if tzid:
            value = value.replace(tzinfo=None)
            value = component.zones.aware(value, tzid) or value
        return wall_time(value.astimezone(UTC), zone) if value.tzinfo else value

    def end_of(self, component: RawComponent, start: datetime, zone: ZoneInfo, *, is_all_day: bool) -> datetime | None:
        last, length = component.one("DTEND"), component.one("DURATION")
        if last and length:
            self.problems.add(_("an event with both an end and a duration: the end is used"), component.line)
        if last:
            end = self.shown(component, last.dt, zone, _tzid(last))
        elif length:
            # The days of a DURATION are calendar days; its hours are elapsed time (RFC 5545, section 3.3.6).
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

    def listed_dates(
        self, component: RawComponent, name: str, zone: ZoneInfo
    ) -> Iterator[tuple[datetime, datetime | None]]:
        """Yield the start and end of each date of an RDATE or EXDATE. Only a PERIOD has an end."""
        for prop in component.all(name):
            for value in prop.dts:
                begin, until = value.dt if isinstance(value.dt, tuple) else (value.dt, None)
                end = begin + until if isinstance(until, timedelta) else until
                start = self.shown(component, begin, zone, _tzid(prop))
                yield start, None if end is None else self.shown(component, end, zone, _tzid(prop))


def _tzid(prop: Any) -> str:
    return plain_name(str(prop.params.get(TZID, "")))
