"""The clocks of a zone as calendars describe them (RFC 5545, section 3.6.5): by rules, wherever they follow one.

The library writes every change by its date, some an hour late, and readers that take one date a line lose the others.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

# Both continents that change their clocks have kept their rules since.
FIRST, LAST = datetime(2008, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEK = 7
FEWEST = 3


@dataclass(frozen=True)
class Season:
    """What a change of the clock leads from and to."""

    offset_from: timedelta
    offset_to: timedelta
    name: str
    is_summer: bool


@cache
def time_zone(name: str) -> str:
    """The VTIMEZONE of a zone."""
    zone = ZoneInfo(name)
    component = Timezone()
    component.add("tzid", name)
    first = FIRST.astimezone(zone)
    begins = Season(_offset(first), _offset(first), first.tzname() or name, bool(first.dst()))
    component.add_component(_season(begins, [FIRST.replace(tzinfo=None)], is_endless=False))
    found: dict[Season, list[datetime]] = defaultdict(list)
    for season, onset in changes(zone):
        found[season].append(onset)
    latest = max((onsets[-1].year for onsets in found.values()), default=0)
    for season, onsets in found.items():
        component.add_component(_season(season, onsets, is_endless=onsets[-1].year >= latest))
    return component.to_ical().decode()


def changes(zone: ZoneInfo) -> Iterator[tuple[Season, datetime]]:
    """Each change with its onset on the clock that was valid until then."""
    moment = FIRST
    while moment < LAST:
        later = moment + timedelta(days=1)
        if moment.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            onset = _between(moment, later, zone)
            before, after = (onset - timedelta(seconds=1)).astimezone(zone), onset.astimezone(zone)
            season = Season(_offset(before), _offset(after), after.tzname() or "", bool(after.dst()))
            yield season, (onset + _offset(before)).replace(tzinfo=None)
        moment = later


def _between(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta(0)


def _season(season: Season, onsets: list[datetime], *, is_endless: bool) -> TimezoneStandard | TimezoneDaylight:
    component = TimezoneDaylight() if season.is_summer else TimezoneStandard()
    component.add("dtstart", onsets[0])
    rule = _rule(onsets) if is_endless and len(onsets) >= FEWEST else None
    if rule:
        component.add("rrule", rule)
    else:
        for onset in onsets[1:]:
            component.add("rdate", onset)
    component.add("tzoffsetfrom", season.offset_from)
    component.add("tzoffsetto", season.offset_to)
    component.add("tzname", season.name)
    return component


def _rule(onsets: list[datetime]) -> dict[str, object] | None:
    """The yearly rule that gives these onsets and no other: the last or the nth such weekday of a month."""
    first = onsets[0]
    same = {(onset.month, onset.weekday(), onset.time()) for onset in onsets}
    years = [onset.year for onset in onsets]
    if len(same) > 1 or years != list(range(years[0], years[0] + len(years))):
        return None
    ranks = {(onset.day - 1) // WEEK + 1 for onset in onsets}
    if all(onset.day + WEEK > monthrange(onset.year, onset.month)[1] for onset in onsets):
        rank = -1
    elif len(ranks) == 1:
        rank = ranks.pop()
    else:
        return None
    return {"FREQ": "YEARLY", "BYMONTH": first.month, "BYDAY": f"{rank}{DAYS[first.weekday()]}"}
