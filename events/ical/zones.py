"""Writes VTIMEZONE components (RFC 5545, section 3.6.5), with a rule if the transitions follow one.

The icalendar library lists every transition by date, and some are an hour late. It also puts several dates on one RDATE
line, but some programs only read the first date of a line.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

# The rules for Europe and North America have not changed since 2007.
FIRST, LAST = datetime(2008, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAYS_PER_WEEK = 7
MIN_ONSETS_OF_RULE = 3


@dataclass(frozen=True)
class Observance:
    """The offsets before and after a transition, and the abbreviation that applies after it."""

    offset_from: timedelta
    offset_to: timedelta
    name: str
    is_summer: bool


@cache
def vtimezone(name: str) -> str:
    zone = ZoneInfo(name)
    component = Timezone()
    component.add("tzid", name)
    first = FIRST.astimezone(zone)
    begins = Observance(_offset(first), _offset(first), first.tzname() or name, bool(first.dst()))
    component.add_component(_observance_component(begins, [FIRST.replace(tzinfo=None)], is_endless=False))
    found: dict[Observance, list[datetime]] = defaultdict(list)
    for season, onset in transitions(zone):
        found[season].append(onset)
    latest = max((onsets[-1].year for onsets in found.values()), default=0)
    for season, onsets in found.items():
        component.add_component(_observance_component(season, onsets, is_endless=onsets[-1].year >= latest))
    return str(component.to_ical(), "utf-8")


def transitions(zone: ZoneInfo) -> Iterator[tuple[Observance, datetime]]:
    """Yield each transition. Its onset is the wall time at the offset before it, as in RFC 5545."""
    day = FIRST
    while day < LAST:
        later = day + timedelta(days=1)
        if day.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            onset = _transition_between(day, later, zone)
            before, after = (onset - timedelta(seconds=1)).astimezone(zone), onset.astimezone(zone)
            season = Observance(_offset(before), _offset(after), after.tzname() or "", bool(after.dst()))
            yield season, (onset + _offset(before)).replace(tzinfo=None)
        day = later


def _transition_between(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late


def _offset(value: datetime) -> timedelta:
    return value.utcoffset() or timedelta(0)


def _observance_component(
    season: Observance, onsets: list[datetime], *, is_endless: bool
) -> TimezoneStandard | TimezoneDaylight:
    component = TimezoneDaylight() if season.is_summer else TimezoneStandard()
    component.add("dtstart", onsets[0])
    rule = _yearly_rule(onsets) if is_endless and len(onsets) >= MIN_ONSETS_OF_RULE else None
    if rule:
        component.add("rrule", rule)
    else:
        for onset in onsets[1:]:
            component.add("rdate", onset)
    component.add("tzoffsetfrom", season.offset_from)
    component.add("tzoffsetto", season.offset_to)
    component.add("tzname", season.name)
    return component


def _yearly_rule(onsets: list[datetime]) -> dict[str, object] | None:
    """Return the rule with exactly these onsets, such as the last Sunday of March each year; None if there is none."""
    first = onsets[0]
    same = {(onset.month, onset.weekday(), onset.time()) for onset in onsets}
    years = [onset.year for onset in onsets]
    if len(same) > 1 or years != list(range(years[0], years[0] + len(years))):
        return None
    ranks = {(onset.day - 1) // DAYS_PER_WEEK + 1 for onset in onsets}
    if all(onset.day + DAYS_PER_WEEK > monthrange(onset.year, onset.month)[1] for onset in onsets):
        rank = -1
    elif len(ranks) == 1:
        rank = ranks.pop()
    else:
        return None
    return {"FREQ": "YEARLY", "BYMONTH": first.month, "BYDAY": f"{rank}{DAYS[first.weekday()]}"}
