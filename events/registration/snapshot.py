"""What those registered know of their date, as it was last told to them."""

from typing import Any

from events.models import Occurrence

TIME = ("start", "end", "is_all_day")
PLACE = ("place", "address", "online")

Facts = dict[str, Any]


def snapshot_of_date(date: Occurrence) -> Facts:
    """What somebody who comes must know, as JSON has it; `is_off` is a date that does not take place."""
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


def differ(before: Facts, after: Facts, names: tuple[str, ...]) -> bool:
    return any(before.get(name) != after.get(name) for name in names)
