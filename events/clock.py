"""Between the clock on the wall of a place and the instants that the database keeps."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Beyond, no announcement is meant, and a conversion to UTC can leave the calendar.
FIRST_YEAR, LAST_YEAR = 1900, 2200


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clock of the zone shows, without a zone; `fold` tells which of two equal hours it is."""
    return moment.astimezone(zone).replace(tzinfo=None)


def instant(shown: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clock of the zone shows this, in UTC.

    An hour that the clock leaves out is counted on from the hour before it, so that 02:30 becomes 03:30 (RFC 5545,
    section 3.3.5); of an hour that comes twice `fold` chooses, the first one if nothing was said.
    """
    return shown.replace(tzinfo=zone).astimezone(UTC)


def is_missing(shown: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock of the zone leaves this hour out."""
    return wall(instant(shown, zone), zone).replace(fold=0) != shown.replace(fold=0)


def is_doubled(shown: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock of the zone shows this hour twice."""
    if is_missing(shown, zone):
        return False
    return instant(shown.replace(fold=0), zone) != instant(shown.replace(fold=1), zone)


def is_plausible(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(0))


def last_day_of(start: datetime, end: datetime, night_ends: int = 0) -> date:
    """The day that a time on the wall ends on, as people say it.

    An end at midnight belongs to the day before, and so does any end until the hour `night_ends` of an evening that
    began the day before. A start is never later than its last day.
    """
    last = max(start, end - timedelta(microseconds=1)).date()
    is_night = end.date() - start.date() == timedelta(days=1) and end.time() <= time(night_ends)
    return start.date() if is_night and start.time() >= time(night_ends) else last
