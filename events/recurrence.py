"""Expands a series into its dates, as wall times: a rule with added, changed and removed dates (RFC 5545, 3.8.5)."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Self

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _
from icalendar import vRecur

from portal.formats.words import in_words

SINGLE = "single"
# If the rule has more dates up to the horizon, only the latest are used.
MAX_DATES = 3000
# The maximum number of computed dates: daily ones for about fifty years.
MAX_EXPANDED = 20_000
MAX_INTERVAL = 500
PERIODS = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PARTS = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST")


class RuleError(ValueError):
    """A rule is invalid, or cannot be used for a series. The text is for the editor."""


@dataclass(frozen=True)
class Rule:
    """A recurrence rule. `until` is the last possible day, inclusive."""

    period: str
    interval: int = 1
    parts: tuple[tuple[str, str], ...] = ()
    until: date | None = None
    count: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the value of an RRULE, with UNTIL as a date. Raises RuleError if it is invalid."""
        given = dict(part.partition("=")[::2] for part in text.split(";"))
        if given.get("UNTIL") == "":
            raise RuleError(_("Enter the last day."))
        if given.get("COUNT") == "":
            raise RuleError(_("Enter the number of dates."))
        try:
            raw = vRecur.from_ical(text)
        except ValueError as error:
            raise RuleError(_("This is not a valid recurrence rule: %(rule)s") % {"rule": text}) from error
        values = {name: value if isinstance(value, list) else [value] for name, value in raw.items()}
        first = {name: value[0] for name, value in values.items() if value}
        period = str(first.get("FREQ", ""))
        if not period:
            raise RuleError(_("This is not a valid recurrence rule: %(rule)s") % {"rule": text})
        if period not in PERIODS or any(name.startswith(("BYHOUR", "BYMINUTE", "BYSECOND")) for name in values):
            raise RuleError(_("A series has at most one date per day: hourly rules are not supported."))
        if unknown := set(values) - {"FREQ", "INTERVAL", "UNTIL", "COUNT", *PARTS}:
            raise RuleError(_("This part of a rule is not supported: %(part)s") % {"part": ", ".join(sorted(unknown))})
        interval, count, until = first.get("INTERVAL", 1), first.get("COUNT"), first.get("UNTIL")
        if not isinstance(interval, int) or not 1 <= interval <= MAX_INTERVAL:
            raise RuleError(_("The interval must be between 1 and %(most)d.") % {"most": MAX_INTERVAL})
        if count is not None and (not isinstance(count, int) or not 1 <= count <= MAX_DATES):
            raise RuleError(_("The number of dates must be between 1 and %(most)d.") % {"most": MAX_DATES})
        if count is not None and until is not None:
            raise RuleError(_("A rule ends on a day or after a number of dates, but not both."))
        parts = tuple((name, _normalize(name, values[name])) for name in PARTS if name in values)
        # MO is WKST's default (RFC 5545, section 3.3.10), so the normal form omits it.
        parts = tuple(part for part in parts if part != ("WKST", "MO"))
        return cls(period, interval, parts, until.date() if isinstance(until, datetime) else until, count)

    @property
    def pattern(self) -> str:
        """The rule without COUNT and UNTIL."""
        interval = [("INTERVAL", str(self.interval))] if self.interval > 1 else []
        return ";".join(f"{name}={value}" for name, value in [("FREQ", self.period), *interval, *self.parts])

    @property
    def is_endless(self) -> bool:
        return self.until is None and self.count is None

    def __str__(self) -> str:
        if self.until:
            return f"{self.pattern};UNTIL={self.until:%Y%m%d}"
        return f"{self.pattern};COUNT={self.count}" if self.count else self.pattern

    def dates(self, start: datetime, horizon: datetime) -> Iterator[datetime]:
        """Yield the starts from `start` to `horizon`, as wall times."""
        last = horizon if self.until is None else min(horizon, datetime.combine(self.until, time.max))
        if last < start:
            return iter(())
        try:
            # COUNT is applied by islice: dateutil deprecates it beside UNTIL, which ends rules without any date.
            rule = rrulestr(self.pattern, dtstart=start).replace(until=last)
        except ValueError as error:
            raise RuleError(_("This is not a valid recurrence rule: %(rule)s") % {"rule": self}) from error
        return islice(rule, self.count)

    def latest(self, start: datetime, horizon: datetime) -> Sequence[datetime]:
        """Return the last starts up to the horizon, at most `MAX_DATES`."""
        return deque(islice(self.dates(start, horizon), MAX_EXPANDED), maxlen=MAX_DATES)

    def is_over(self, start: datetime, horizon: datetime) -> bool:
        """Whether the rule has no date after the horizon."""
        if self.until is not None:
            return datetime.combine(self.until, time.max) <= horizon
        return self.count is not None and sum(1 for _date in self.dates(start, horizon)) >= self.count


def _normalize(name: str, values: list[Any]) -> str:
    """Join a rule part's values, with days in week order, so that equal rules have equal text."""
    texts = vRecur({name: values}).to_ical().decode().partition("=")[2].split(",")
    if name == "BYDAY":
        texts.sort(key=lambda day: (DAYS.index(day[-2:]) if day[-2:] in DAYS else 0, day))
    return ",".join(texts)


@dataclass(frozen=True)
class AddedOccurrence:
    """A date in addition to those of the rule (RDATE)."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Gap:
    """A break in which the rule's dates do not take place. `last` is None if its end is not known."""

    first: date
    last: date | None


@dataclass(frozen=True)
class ChangedOccurrence:
    """An exception for one date, identified by its day and, for an added date, its time.

    `start` and `end` are the new times, or None if unchanged; `source` is the exception's database record.
    """

    day: date
    hour: time | None = None
    start: datetime | None = None
    end: datetime | None = None
    is_removed: bool = False
    source: Any = None


@dataclass(frozen=True)
class SeriesDate:
    """One date of a series. `original` is its unchanged start; `key` identifies it in URLs and records."""

    key: str
    original: datetime
    start: datetime
    end: datetime
    is_added: bool = False
    change: ChangedOccurrence | None = None


@dataclass(frozen=True)
class Series:
    """A first date, the rule that repeats it, and the exceptions. All times are wall times."""

    start: datetime
    end: datetime
    rule: str = ""
    additions: tuple[AddedOccurrence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    changes: tuple[ChangedOccurrence, ...] = ()

    @property
    def is_single(self) -> bool:
        return not self.rule and not self.additions

    def check(self, horizon: datetime) -> None:
        """Raise RuleError if the series is invalid."""
        named = Counter((change.day, change.hour) for change in self.changes)
        if twice := [day for (day, _hour), times in named.items() if times > 1]:
            raise RuleError(_("%(day)s is changed twice.") % {"day": in_words(twice[0])})
        if not self.rule:
            return
        rule = Rule.parse(self.rule)
        if rule.until and rule.until < self.start.date():
            raise RuleError(_("The series would end before its first date."))
        first = next(rule.dates(self.start, horizon), None)
        if first is None:
            raise RuleError(_("This rule gives no date in the coming years."))
        if first != self.start:
            raise RuleError(
                _("The first date, %(start)s, does not fit the rule; the next one that does is %(next)s.")
                % {"start": in_words(self.start.date()), "next": in_words(first.date())}
            )
        if sum(1 for _date in islice(rule.dates(self.start, horizon), MAX_EXPANDED + 1)) > MAX_EXPANDED:
            raise RuleError(_("A series has at most %(most)d dates.") % {"most": MAX_EXPANDED})

    def rule_dates(self, horizon: datetime) -> Iterator[datetime]:
        """Yield the rule's starts, like `Rule.latest`; without a rule, only the first start."""
        return iter(Rule.parse(self.rule).latest(self.start, horizon)) if self.rule else iter((self.start,))

    def is_over(self, horizon: datetime) -> bool:
        """Whether the rule gives no date after the horizon."""
        return not self.rule or Rule.parse(self.rule).is_over(self.start, horizon)


@dataclass(frozen=True)
class Expansion:
    """A series' dates in order.

    `removed` are the dates that a change or a gap removes; `unattached` are changes of dates that do not exist.
    """

    dates: list[SeriesDate]
    removed: list[SeriesDate] = field(default_factory=list)
    unattached: list[ChangedOccurrence] = field(default_factory=list)


def expand(series: Series, horizon: datetime) -> Expansion:
    """Return a series' dates up to the horizon. Added dates are included even after it."""
    if series.is_single:
        return Expansion([SeriesDate(SINGLE, series.start, series.start, series.end)], [], list(series.changes))
    length = series.end - series.start
    dates = {
        key_of(start): SeriesDate(key_of(start), start, start, start + length) for start in series.rule_dates(horizon)
    }
    # With `MAX_DATES` dates, earlier ones may have been dropped.
    first_kept = next(iter(dates.values())).start.date() if len(dates) == MAX_DATES else date.min
    starts = {date.start for date in dates.values()}
    for addition in sorted(series.additions, key=lambda addition: addition.start):
        if addition.start not in starts:
            starts.add(addition.start)
            key = key_of(addition.start, is_added=True)
            dates[key] = SeriesDate(key, addition.start, addition.start, addition.end, is_added=True)
    changes: dict[str, ChangedOccurrence] = {}
    unattached: list[ChangedOccurrence] = []
    for change in series.changes:
        if changed := _key_of_change(change, dates):
            changes[changed] = change
        elif change.day >= first_kept:
            unattached.append(change)
    present, removed = [], []
    for key, date_ in dates.items():
        exception, day = changes.get(key), date_.start.date()
        is_in_gap = any(gap.first <= day and (gap.last is None or day <= gap.last) for gap in series.gaps)
        if (exception and exception.is_removed) or (not exception and not date_.is_added and is_in_gap):
            removed.append(replace(date_, change=exception))
        else:
            present.append(_with_change(date_, exception))
    return Expansion(sorted(present, key=lambda date: (date.start, date.key)), removed, unattached)


def key_of(start: datetime, *, is_added: bool = False) -> str:
    """Return a date's key: its day and, for an added date, its time."""
    return f"{start:%Y-%m-%d-%H%M}" if is_added else f"{start:%Y-%m-%d}"


def _key_of_change(change: ChangedOccurrence, dates: dict[str, SeriesDate]) -> str | None:
    if change.hour is not None:
        key = key_of(datetime.combine(change.day, change.hour), is_added=True)
        if key in dates:
            return key
    day = f"{change.day:%Y-%m-%d}"
    if day in dates and change.hour in (None, dates[day].original.time()):
        return day
    added = [key for key, date_ in dates.items() if date_.is_added and date_.original.date() == change.day]
    return added[0] if len(added) == 1 and change.hour is None else None


def _with_change(date_: SeriesDate, change: ChangedOccurrence | None) -> SeriesDate:
    if change is None:
        return date_
    start = change.start or date_.start
    end = change.end or start + (date_.end - date_.start)
    return SeriesDate(date_.key, date_.original, start, end, date_.is_added, change)


def horizon_from(now: datetime, start: datetime) -> datetime:
    """Return an endless series' horizon: two years after now, or after its start if that is later."""
    return max(now, start) + timedelta(days=731)
