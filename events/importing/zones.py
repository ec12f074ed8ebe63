"""Finds the time zones that a partner's calendar means: by their names, else by what the file says of their offsets.

Nothing of one calendar is known in the next: the icalendar library keeps the first VTIMEZONE of a name for the whole
process, so that its own zones are never asked here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from events.clock import is_doubled, is_missing
from portal.platform.zones import known_names, zone

# The change between two seasons is compared by the hour, all other time every few days.
STEP, FINE_STEP = timedelta(days=3), timedelta(hours=1)
MAX_YEARS = 12
# The share of days on which a zone may differ from a described one that no zone is like.
NEARLY = 0.1
# Compared before others that have the same clock in most years and whose names few would expect.
LIKELY = (
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)
# Between letters: in `Etc/GMT-1` it is a sign.
SEPARATOR = re.compile(r"(?<=[^\W\d])[-_ /]+(?=[^\W\d])")
SEASON = re.compile(r" Standard Time$")
US_ZONES = ("Eastern", "Central", "Mountain", "Pacific")
REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
LISTED = re.compile(r"\((?:UTC|GMT)(?:(?P<sign>[+-])(?P<hours>\d{1,2})[:.]?(?P<minutes>\d\d)?)?\)\s*(?P<rest>.+)")
YEAR_OF_LIST = 2026
SUB_COMPONENTS = {"STANDARD": TimezoneStandard, "DAYLIGHT": TimezoneDaylight}


@cache
def _by_folded_name() -> dict[str, str]:
    windows = {_folded(name): place for name, place in WINDOWS_TO_OLSON.items() if place in known_names()}
    # Windows has a name for each season, of which the table has one.
    summers = {_folded(SEASON.sub(" Daylight Time", name)): place for name, place in WINDOWS_TO_OLSON.items()}
    others = {_folded(f"{word} Time (US & Canada)"): f"US/{word}" for word in US_ZONES}
    known = {name: place for name, place in {**summers, **others, **windows}.items() if place in known_names()}
    return known | {_folded(name): name for name in sorted(known_names())}


def _folded(name: str) -> str:
    """Fold a name as programs spell it: `US-Eastern` and `America/New York` are names that have other signs."""
    return SEPARATOR.sub("/", name.casefold())


@cache
def _by_city() -> dict[str, str]:
    """The zones that are named after a city, by that city."""
    found: dict[str, str] = {}
    for name in sorted(known_names()):
        region, slash, city = name.rpartition("/")
        if slash and region in REGIONS:
            found.setdefault(city.casefold().replace("_", " "), name)
    return found


def _listed_zone(name: str) -> ZoneInfo | None:
    """The zone of a name in Windows' list: its offset, then a name or cities, `(UTC+01:00) Amsterdam, Berlin`."""
    listed = LISTED.fullmatch(name.strip().strip("\"'"))
    if listed is None:
        return None
    sign, hours, minutes = listed["sign"] or "+", int(listed["hours"] or 0), int(listed["minutes"] or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
    places = [_by_folded_name().get(_folded(listed["rest"]))]
    places += [_by_city().get(city.strip().casefold()) for city in listed["rest"].split(",")]
    for place in filter(None, places):
        seasons = {_offset(datetime.combine(date(YEAR_OF_LIST, month, 1), time(12)), zone(place)) for month in (1, 7)}
        if offset in seasons:
            return zone(place)
    return None


def named_zone(name: str) -> ZoneInfo | None:
    """Return the zone of an IANA or Windows name, with or without the path of a vendor before it."""
    known = _by_folded_name()
    plain = name.strip().strip("\"'").strip("/")
    if (folded := _folded(plain)) in known:
        return zone(known[folded])
    if listed := _listed_zone(name):
        return listed
    parts = plain.split("/")
    has_vendor = name.strip().startswith("/") or "://" in name
    # A single word after a slash is a zone only where a vendor's path is certain.
    for first in range(1, len(parts) if has_vendor else len(parts) - 1):
        if (rest := _folded("/".join(parts[first:]))) in known:
            return zone(known[rest])
    return None


def described_zone(lines: list[str]) -> tuple[str, tzinfo]:
    """Return name and offsets of a VTIMEZONE; its lines are unfolded. Raises ValueError if it cannot be read."""
    timezone = Timezone()
    # Programs of Microsoft let every rule begin in 1601, and each look at such a zone would count from there.
    lines = [line.replace("DTSTART:1601", "DTSTART:1970") for line in lines]
    part: list[str] = []
    for line in lines:
        name = line.strip().upper()
        if name.startswith("BEGIN:") and name[6:] in SUB_COMPONENTS:
            part = [line]
        elif part:
            part.append(line)
            if name == f"END:{part[0].strip()[6:].upper()}":
                timezone.add_component(SUB_COMPONENTS[name[4:]].from_ical("\r\n".join(part)))  # type: ignore[arg-type]
                part = []
        elif name.startswith(("TZID:", "TZID;")):
            timezone.add("tzid", line.partition(":")[2].strip())
    if "TZID" not in timezone:
        raise ValueError("VTIMEZONE without TZID")
    return plain_name(str(timezone["TZID"])), timezone.to_tz(lookup_tzid=False)


def plain_name(name: str) -> str:
    """Return a TZID without the quotes and backslashes that it has in one place of a file and not in another."""
    return name.replace("\\", "").strip().strip("\"'")


@dataclass
class FileZones:
    """The zones of one calendar: those that it describes, and the one for times that name none.

    `is_named` says whether the calendar itself names the latter.
    """

    default: ZoneInfo
    is_named: bool = False
    described: dict[str, tzinfo] = field(default_factory=dict)
    located: dict[str, ZoneInfo] = field(default_factory=dict)
    _matches: dict[tuple[str, int, int], ZoneInfo | None] = field(default_factory=dict)

    def named(self, tzid: str) -> ZoneInfo | None:
        return named_zone(tzid) or self.located.get(tzid)

    def locate(self, tzid: str, lines: Iterable[str]) -> None:
        """Keep the place that a VTIMEZONE with an invented name says it is for, as libical and its kin do."""
        for line in lines:
            name, _colon, value = line.partition(":")
            if name.strip().upper() == "X-LIC-LOCATION" and (found := named_zone(value)):
                self.located.setdefault(tzid, found)

    def aware(self, moment: datetime, tzid: str) -> datetime | None:
        """Return the wall time of a named zone with that zone; None if nothing is known of it."""
        if found := self.named(tzid):
            return moment.replace(tzinfo=found)
        return moment.replace(tzinfo=self.described[tzid]) if tzid in self.described else None

    def disagrees(self, tzid: str, moment: datetime) -> bool:
        """Whether the file describes a zone otherwise than its name says, at this wall time."""
        named, described = self.named(tzid), self.described.get(tzid)
        if named is None or described is None:
            return False
        return moment.replace(tzinfo=named).utcoffset() != moment.replace(tzinfo=described).utcoffset()

    def zone_like(self, tzid: str, first_year: int, last_year: int) -> ZoneInfo | None:
        """Return a zone that has the described offsets in all of these years; the default zone if it is one."""
        last_year = min(last_year, first_year + MAX_YEARS)
        key = (tzid, first_year, last_year)
        if key not in self._matches:
            described = self.described[tzid]
            samples = list(_samples(described, first_year, last_year))
            places = candidates(self.default, {offset for _moment, offset in samples})
            self._matches[key] = next((place for place in places if _agrees(place, samples)), None)
        return self._matches[key]

    def zone_nearly_like(self, tzid: str, first_year: int, last_year: int) -> ZoneInfo | None:
        """Return the zone of a city that differs from the described offsets on the fewest days, if they are few.

        Old programs describe the rules of former years, or let the clock change at another hour. A series on this
        clock is right on nearly all of its days, and on any other clock only in a part of the year.
        """
        last_year = min(last_year, first_year + MAX_YEARS)
        key = (f"~{tzid}", first_year, last_year)
        if key not in self._matches:
            described = self.described[tzid]
            noon = datetime.combine(date(first_year, 1, 1), time(12))
            days = [noon + STEP * number for number in range((date(last_year, 12, 31) - noon.date()) // STEP + 1)]
            samples = [(day, _offset(day, described)) for day in days]
            most = int(len(samples) * NEARLY)
            places = [self.default, *_zones_of((*LIKELY, *WINDOWS_TO_OLSON.values()))]
            ranked = [(_differing(place, samples, most), number) for number, place in enumerate(places)]
            fewest, number = min(ranked)
            self._matches[key] = places[number] if fewest <= most else None
        return self._matches[key]


def candidates(default: ZoneInfo, offsets: set[timedelta | None]) -> Iterator[ZoneInfo]:
    """Yield the zones to compare: the likely ones first; one offset for all of the year is no city's name."""
    yield default
    if len(offsets) == 1:
        hours = (offsets.pop() or timedelta(0)) / timedelta(hours=1)
        yield from _zones_of(["Etc/UTC"] if not hours else [f"Etc/GMT{-hours:+.0f}"] if hours == int(hours) else [])
    yield from _zones_of((*LIKELY, *WINDOWS_TO_OLSON.values()))
    yield from _zones_of(sorted(known_names()))


def _zones_of(names: Iterable[str]) -> Iterator[ZoneInfo]:
    return (zone(name) for name in names if name in known_names())


def _samples(described: tzinfo, first_year: int, last_year: int) -> Iterator[tuple[datetime, timedelta | None]]:
    """Yield wall times with the described offset."""
    moment, before = datetime.combine(date(first_year, 1, 1), time(0, 30)), None
    while moment.year <= last_year:
        offset = _offset(moment, described)
        if before not in (None, offset):
            hours = (moment - FINE_STEP * number for number in range(1, STEP // FINE_STEP))
            yield from ((hour, _offset(hour, described)) for hour in hours)
        yield moment, offset
        moment, before = moment + STEP, offset


def _offset(moment: datetime, place: Any) -> timedelta | None:
    offset: timedelta | None = moment.replace(tzinfo=place).utcoffset()
    return offset


def _agrees(place: ZoneInfo, samples: list[tuple[datetime, timedelta | None]]) -> bool:
    # In an hour that is missing or doubled, libraries differ in which side they take.
    return all(
        _offset(moment, place) == offset or is_missing(moment, place) or is_doubled(moment, place)
        for moment, offset in samples
    )


def _differing(place: ZoneInfo, samples: list[tuple[datetime, timedelta | None]], most: int) -> int:
    """Return how many samples differ; no more than one above `most` are counted."""
    return sum(1 for _sample in islice((1 for moment, offset in samples if _offset(moment, place) != offset), most + 1))
