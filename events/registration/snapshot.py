"""Snapshots of the facts of a date of which registered people are notified."""

from typing import Any

from events.records import Occurrence

TIME = ("start", "end", "is_all_day")
PLACE = ("place", "address", "online")

DateSnapshot = dict[str, Any]


def snapshot_of_date(date: Occurrence) -> DateSnapshot:
    """Return the facts as JSON values; `is_off` means that the date does not take place."""
    return {
        "title": date.shown_title,
        "start": date.start.isoformat(),
        "end": date.end.isoformat(),
        "is_all_day": date.is_all_day,
        "place": date.shown_place,
        "address": date.shown_address,
        "online": date.shown_online_url,
        "is_off": date.is_cancelled or date.is_withdrawn,
    }


def differ(before: DateSnapshot, after: DateSnapshot, names: tuple[str, ...]) -> bool:
    return any(before.get(name) != after.get(name) for name in names)
