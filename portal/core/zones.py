"""The time zones that a site or an event can have."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# Names of the time zone database that are no place on earth.
NO_ZONES = {"Factory", "localtime", "posixrules"}


@cache
def known_names() -> frozenset[str]:
    """Every name of the time zone database, also older ones (`Japan`), rules (`CET`) and offsets (`Etc/GMT+1`)."""
    names = available_timezones() - NO_ZONES
    return frozenset(name for name in names if not name.startswith(("posix/", "right/")))


@cache
def time_zones() -> list[tuple[str, str]]:
    """UTC and every zone that is named after a place, as form choices; then the other names, which imports bring."""
    places = sorted(name for name in known_names() if "/" in name and not name.startswith("Etc/"))
    others = sorted(known_names() - {"UTC", *places})
    return [
        ("UTC", "UTC"),
        *((name, name.replace("_", " ")) for name in places),
        *((name, _label(name)) for name in others),
    ]


def _label(name: str) -> str:
    """Name an offset as people write it: the signs of the `Etc` zones are reversed."""
    return f"{name} (UTC{offset_text(zone(name))})" if name.startswith("Etc/GMT") else name


def offset_text(place: ZoneInfo, moment: datetime | None = None) -> str:
    """Return the offset from UTC of a zone at a moment, `+5:30` or `−3`; empty if there is none."""
    offset = (moment or datetime(2026, 1, 1, tzinfo=UTC)).astimezone(place).utcoffset()
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    sign = "" if not minutes else "+" if minutes > 0 else "\N{MINUS SIGN}"
    return f"{sign}{hours}" + (f":{rest:02}" if rest else "") if minutes else ""


@cache
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
