"""Finds the time zone meant by a partner's calendar: by name, or else by the offsets that the file describes.

The icalendar library caches the first VTIMEZONE of each name for the whole process, so its own lookup is never used.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from events.clock import is_doubled, is_missing
from portal.platform.zones import known_names, zone

# Offsets are compared hourly around clock changes and every few days otherwise.
STEP, FINE_STEP = timedelta(days=3), timedelta(hours=1)
MAX_YEARS = 12
# If no zone matches a file's description exactly, a series may use a zone that deviates from it on this share of days.
NEARLY = 0.1
# Preferred over other zones with the same rules and less familiar names.
LIKELY = (
    "Europe/Berlin",
    "Europe/London",
    *(f"America/{city}" for city in ("New_York", "Chicago", "Denver", "Los_Angeles")),
)
# Between letters only: in `Etc/GMT-1` the hyphen is a sign.
SEPARATOR = re.compile(r"(?<=[^\W\d])[-_ /]+(?=[^\W\d])")
US_ZONES = ("Eastern", "Central", "Mountain", "Pacific")
REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
LISTED = re.compile(r"\((?:UTC|GMT)(?:(?P<sign>[+-])(?P<hours>\d{1,2})[:.]?(?P<minutes>\d\d)?)?\)\s*(?P<rest>.+)")
YEAR_OF_LIST = 2026

type Sample = tuple[datetime, timedelta | None]


@cache
def _by_folded_name() -> dict[str, str]:
    names = {name.replace(" Standard Time", " Daylight Time"): place for name, place in WINDOWS_TO_OLSON.items()}
    names |= {f"{word} Time (US & Canada)": f"US/{word}" for word in US_ZONES}
    names |= WINDOWS_TO_OLSON | {name: name for name in sorted(known_names())}
    return {_fold_name(name): place for name, place in names.items() if place in known_names()}


def _fold_name(name: str) -> str:
    """Unify spellings: `US-Eastern` is `US/Eastern`, `America/New York` is `America/New_York`."""
    return SEPARATOR.sub("/", name.casefold())


@cache
def _by_city() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in sorted(known_names()):
        region, slash, city = name.rpartition("/")
        if slash and region in REGIONS:
            found.setdefault(city.casefold().replace("_", " "), name)
    return found


def _listed_zone(name: str) -> ZoneInfo | None:
    """Return the zone for a Windows display name such as `(UTC+01:00) Amsterdam, Berlin`."""
    listed = LISTED.fullmatch(name)
    if listed is None:
        return None
    offset = timedelta(hours=int(listed["hours"] or 0), minutes=int(listed["minutes"] or 0))
    offset *= -1 if listed["sign"] == "-" else 1
    places = [_by_folded_name().get(_fold_name(listed["rest"]))]
    places += [_by_city().get(city.strip().casefold()) for city in listed["rest"].split(",")]
    for place in filter(None, places):
        if offset in {
            _offset(datetime.combine(date(YEAR_OF_LIST, month, 1), time(12)), zone(place)) for month in (1, 7)
        }:
            return zone(place)
    return None


def named_zone(name: str) -> ZoneInfo | None:
    """Return the zone with an IANA or Windows name, which may follow a vendor's path."""
    known = _by_folded_name()
    unquoted = name.strip().strip("\"'")
    parts = unquoted.strip("/").split("/")
    if whole := known.get(_fold_name("/".join(parts))):
        return zone(whole)
    if listed := _listed_zone(unquoted):
        return listed
    has_vendor = name.strip().startswith("/") or "://" in name
    # A single word after a slash is only a zone if it certainly follows a vendor's path.
    for first in range(1, len(parts) if has_vendor else len(parts) - 1):
        if rest := known.get(_fold_name("/".join(parts[first:]))):
            return zone(rest)
    return None


def plain_name(name: str) -> str:
    """Return a TZID without quotes and backslashes. A file may have these in one place but not in another."""
    return name.replace("\\", "").strip().strip("\"'")


@dataclass
class FileZones:
    """The zones of one calendar: those that it describes, and the default for times without a zone.

    `is_named` is true if the calendar itself names the default.
    """

    default: ZoneInfo
    is_named: bool = False
    described: dict[str, tzinfo] = field(default_factory=dict)
    located: dict[str, ZoneInfo] = field(default_factory=dict)
    _matches: dict[tuple[str, int, int, float], ZoneInfo | None] = field(default_factory=dict)

    def describe(self, lines: list[str]) -> None:
        """Add the zone that a VTIMEZONE with unfolded lines defines. Raises the library's errors if it is invalid."""
        text = "\r\n".join(["BEGIN:VTIMEZONE", *lines, "END:VTIMEZONE"])
        # Microsoft programs start every rule in 1601, and each lookup would count from there.
        described: Any = Timezone.from_ical(text.replace("DTSTART:1601", "DTSTART:1970"))
        tzid = plain_name(str(described["TZID"]))
        self.described.setdefault(tzid, described.to_tz(lookup_tzid=False))
        # libical and other programs invent a name for the zone, but state its location.
        if place := named_zone(str(described.get("X-LIC-LOCATION", ""))):
            self.located.setdefault(tzid, place)

    def named(self, tzid: str) -> ZoneInfo | None:
        return named_zone(tzid) or self.located.get(tzid)

    def aware(self, shown: datetime, tzid: str) -> datetime | None:
        """Return a wall time in the zone named by a TZID; None if the TZID is unknown."""
        found = self.named(tzid) or self.described.get(tzid)
        return shown.replace(tzinfo=found) if found else None

    def disagrees(self, tzid: str, shown: datetime) -> bool:
        """Whether the file describes another offset at this wall time than the zone's name implies."""
        named, described = self.named(tzid), self.described.get(tzid)
        return bool(named and described) and _offset(shown, named) != _offset(shown, described)

    def zone_like(self, tzid: str, first_year: int, last_year: int, share: float = 0) -> ZoneInfo | None:
        """Return a zone with the described offsets in all of these years, preferably the default zone.

        With a `share`, the zone may differ on that share of days. Old programs describe outdated rules; in the most
        similar zone, nearly all dates of a series have the right time.
        """
        last_year = min(last_year, first_year + MAX_YEARS)
        key = (tzid, first_year, last_year, share)
        if key not in self._matches:
            samples = list(_samples(self.described[tzid], first_year, last_year, are_fine=not share))
            offsets = {offset for _shown, offset in samples}
            best, fewest = None, int(len(samples) * share) + 1
            for place in _candidates(self.default, offsets, are_cities=bool(share)):
                if (count := _count_differing(place, samples, fewest)) < fewest:
                    best, fewest = place, count
                if not fewest:
                    break
            self._matches[key] = best
        return self._matches[key]


def _candidates(default: ZoneInfo, offsets: set[timedelta | None], *, are_cities: bool) -> Iterator[ZoneInfo]:
    yield default
    names: list[str] = []
    if len(offsets) == 1 and not are_cities:
        # A zone without clock changes is not named after a city.
        hours = (offsets.pop() or timedelta(0)) / timedelta(hours=1)
        names = ["Etc/UTC"] if not hours else [f"Etc/GMT{-hours:+.0f}"] if hours == int(hours) else []
    names += [*LIKELY, *WINDOWS_TO_OLSON.values(), *([] if are_cities else sorted(known_names()))]
    yield from (zone(name) for name in names if name in known_names())


def _samples(described: tzinfo, first_year: int, last_year: int, *, are_fine: bool) -> Iterator[Sample]:
    # The sample is at noon, because the exact hour of a clock change does not matter.
    shown, before = datetime.combine(date(first_year, 1, 1), time(0, 30) if are_fine else time(12)), None
    while shown.year <= last_year:
        offset = _offset(shown, described)
        if are_fine and before not in (None, offset):
            hours = (shown - FINE_STEP * number for number in range(1, STEP // FINE_STEP))
            yield from ((hour, _offset(hour, described)) for hour in hours)
        yield shown, offset
        shown, before = shown + STEP, offset


def _offset(shown: datetime, place: tzinfo | None) -> timedelta | None:
    return shown.replace(tzinfo=place).utcoffset()


def _count_differing(place: ZoneInfo, samples: Iterable[Sample], most: int) -> int:
    """Count the samples with a different offset, up to `most`.

    Skipped and repeated hours are ignored, because libraries disagree about them.
    """
    differing = (
        shown
        for shown, offset in samples
        if _offset(shown, place) != offset and not (is_missing(shown, place) or is_doubled(shown, place))
    )
    return sum(1 for _shown in islice(differing, most))
