"""Converts between wall time and the instants stored in the database."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# No real event is outside these years, and the conversion of the year 1 to UTC overflows.
FIRST_YEAR, LAST_YEAR = 1900, 2200


def wall_time(value: datetime, zone: ZoneInfo) -> datetime:
    """Return the naive wall time of an instant. `fold` distinguishes the repeated hour when the clock goes back."""
    return value.astimezone(zone).replace(tzinfo=None)


def instant(shown: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, of a wall time in the zone.

    A wall time that the clock skips uses the offset before the gap, so that 02:30 becomes 03:30 (RFC 5545, section
    3.3.5). If a wall time occurs twice, `fold` selects one; the default is the first.
    """
    return shown.replace(tzinfo=zone).astimezone(UTC)


def instants_of(start: datetime, end: datetime | None, zone: ZoneInfo) -> tuple[datetime, datetime | None]:
    """Return the instants of two wall times. If the clock skips the start, the end moves with it."""
    begin = instant(start, zone)
    if end is None:
        return begin, None
    if is_missing(start, zone):
        end = wall_time(begin, zone) + (end - start)
    return begin, max(begin, instant(end, zone))


def is_missing(shown: datetime, zone: ZoneInfo) -> bool:
    return wall_time(instant(shown, zone), zone).replace(fold=0) != shown.replace(fold=0)


def is_doubled(shown: datetime, zone: ZoneInfo) -> bool:
    if is_missing(shown, zone):
        return False
    return instant(shown.replace(fold=0), zone) != instant(shown.replace(fold=1), zone)


def is_plausible(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(0))


def last_day_of(start: datetime, end: datetime, night_ends: int = 0) -> date:
    """Return the last day of an event between two wall times.

    An end at midnight belongs to the day before. So does an end up to the hour `night_ends`, if the event began on the
    day before.
    """
    last = max(start, end - timedelta(microseconds=1)).date()
    is_night = end.date() - start.date() == timedelta(days=1) and end.time() <= time(night_ends)
    return start.date() if is_night and start.time() >= time(night_ends) else last


def next_at(start: datetime, hour: time) -> datetime:
    """Return the first wall time at this hour that is not before `start`."""
    same_day = datetime.combine(start.date(), hour)
    return same_day if same_day >= start else same_day + timedelta(days=1)
