"""Formats event times in the active language: `mardi 3 mars 2026, de 9 h à 12 h 30`."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext as _, pgettext

from portal.formats.words import format_hour, in_words, weekday_and_day


def format_day(day: date, *, year: bool = True) -> str:
    return in_words(day, "full") if year else weekday_and_day(day)


def format_days(first: date, last: date) -> str:
    if first == last:
        return format_day(first)
    return _("from %(first)s to %(last)s") % {
        "first": format_day(first, year=first.year != last.year),
        "last": format_day(last),
    }


def format_when(
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
    *,
    all_day: bool,
    open_end: bool = False,
    last_day: date | None = None,
) -> str:
    """Format an event's time in its zone. Pass `last_day` if a night may belong to the previous day."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    until = last_day or (end - timedelta(seconds=1)).astimezone(zone).date()
    days = format_days(first.date(), max(first.date(), until))
    if all_day:
        return days
    words = {"days": days, "start": format_hour(first.time()), "end": format_hour(last.time())}
    if open_end:
        return _("%(days)s, from %(start)s") % words
    if first == last:
        return _("%(days)s, at %(start)s") % words
    return _("%(days)s, from %(start)s to %(end)s") % words


def format_hours(start: datetime, end: datetime, zone: ZoneInfo, *, all_day: bool, open_end: bool = False) -> str:
    """Format an event's hours in its zone; empty for all-day events."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    if all_day:
        return ""
    hours = {"start": format_hour(first.time()), "end": format_hour(last.time())}
    if open_end:
        return pgettext("hours", "from %(start)s") % hours
    if first == last:
        return pgettext("hours", "at %(start)s") % hours
    return pgettext("hours", "from %(start)s to %(end)s") % hours


def language() -> str:
    return (get_language() or "")[:2]
