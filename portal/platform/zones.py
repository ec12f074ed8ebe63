"""The time zones that sites and events can have, and their names for readers in other zones."""

from collections import Counter
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location
from django.utils.text import slugify
from django.utils.translation import get_language, gettext, pgettext

from portal.formats.words import locale_of

# Names in the time zone database that are not zones.
NO_ZONES = {"Factory", "localtime", "posixrules"}


@cache
def known_names() -> frozenset[str]:
    """All names in the time zone database, including older ones (`Japan`), rules (`CET`) and offsets (`Etc/GMT+1`)."""
    names = available_timezones() - NO_ZONES
    return frozenset(name for name in names if not name.startswith(("posix/", "right/")))


def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Grouped form choices: European cities, other cities, then the names that imports may use."""
    return _time_zones(get_language() or "en")


@cache
def _time_zones(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    cities = {name: city for name in known_names() if (city := city_of(zone(name)))}
    doubled = {city for city, number in Counter(cities.values()).items() if number > 1}
    labels = {name: f"{city} ({name})" if city in doubled else city for name, city in cities.items()}
    places = sorted(labels.items(), key=lambda place: slugify(place[1]))
    others = sorted(known_names() - labels.keys() - {"UTC"})
    return [
        (locale_of(language).territories["150"], [place for place in places if place[0].startswith("Europe/")]),
        (gettext("Elsewhere"), [place for place in places if not place[0].startswith("Europe/")]),
        (gettext("Other names"), [("UTC", "UTC"), *((name, _label(name)) for name in others)]),
    ]


def _label(name: str) -> str:
    """Name an offset conventionally: the names of the `Etc` zones have reversed signs."""
    return f"{name} (UTC{offset_text(zone(name))})" if name.startswith("Etc/GMT") else name


def offset_text(place: ZoneInfo, at: datetime | None = None) -> str:
    """A zone's UTC offset at a time, `+5:30` or `−3`; empty if it is zero."""
    offset = (at or datetime(2026, 1, 1, tzinfo=UTC)).astimezone(place).utcoffset()
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    sign = "" if not minutes else "+" if minutes > 0 else "\N{MINUS SIGN}"
    return f"{sign}{hours}" + (f":{rest:02}" if rest else "") if minutes else ""


@cache
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


# Prefixes of names in the time zone database that do not contain a city.
NO_CITIES = ("Etc/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/", "SystemV/")
VOWELS = "aeiouhàâäéèêëîïôöùûüåø"


def foreign_clock_name(event: Any, reader_zone: tzinfo) -> str:
    """The name of an event's time zone if its offset differs from the reader's, otherwise empty.

    `event` is an event or one of its dates: it has `start`, `end`, `zone` and `is_all_day`.
    """
    if event.start is None or event.is_all_day:
        return ""
    times = (event.start, event.end or event.start)
    if all(each.astimezone(event.zone).utcoffset() == each.astimezone(reader_zone).utcoffset() for each in times):
        return ""
    return clock_name(event.zone, event.start)


def when_for(event: Any, reader_zone: tzinfo) -> str:
    """Return the time of an event or one of its dates as text, with its time zone if necessary."""
    return ", ".join(filter(None, (str(event.when), foreign_clock_name(event, reader_zone))))


def clock_name(place: ZoneInfo, at: datetime) -> str:
    """Name a zone's clock by its city or offset: `heure d’Auckland`, `UTC−1`, never an abbreviation."""
    city = city_of(place)
    if not city:
        return f"UTC{offset_text(place, at)}"
    if city.startswith("Le "):
        return pgettext("a city with a masculine article, left out here", "%(city)s time") % {"city": city[3:]}
    if city[0].lower() in VOWELS:
        return pgettext("before a vowel", "%(city)s time") % {"city": city}
    return gettext("%(city)s time") % {"city": city}


def city_of(place: ZoneInfo) -> str:
    """The city that a zone is named after, in the active language (CLDR); empty for offsets and countries."""
    if "/" not in place.key or place.key.startswith(NO_CITIES):
        return ""
    if place.key in get_global("zone_aliases"):
        # The CLDR would name another city with the same clock.
        return place.key.rpartition("/")[2].replace("_", " ")
    return get_timezone_location(place.key, locale=locale_of(get_language() or "en"), return_city=True)
