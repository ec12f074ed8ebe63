"""The time zones that a site or an event can have."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones


@cache
def time_zones() -> list[tuple[str, str]]:
    """UTC and every zone that is named after a place, as form choices."""
    names = sorted(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/", "right/"))
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


@cache
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
