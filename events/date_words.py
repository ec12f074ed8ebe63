"""The time of an event in words: `mardi 3 mars 2026, de 9 h à 12 h 30`."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext as _, pgettext

from portal.core.typography import ordinal_day


def day_words(day: date, *, year: bool = True) -> str:
    """A day with its weekday, in the active language."""
    words = ordinal_day(date_format(day, "l, j. F" if language() == "de" else "l j F", use_l10n=False), language())
    return f"{words} {day.year}" if year else words


def days_words(first: date, last: date) -> str:
    if first == last:
        return day_words(first)
    return _("from %(first)s to %(last)s") % {
        "first": day_words(first, year=first.year != last.year),
        "last": day_words(last),
    }


def clock(moment: time) -> str:
    """An hour as the active language writes it: `9 h` and `9 h 30`, `9.30 Uhr`, `09:30`."""
    wanted = _("H:i") if moment.minute else pgettext("a full hour", "H:i")
    return date_format(datetime.combine(date.min, moment), wanted, use_l10n=False)


def when_words(
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
    *,
    all_day: bool,
    open_end: bool = False,
    last_day: date | None = None,
) -> str:
    """The whole time of an event on the clock of its zone; `last_day` where a night belongs to its evening."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    until = last_day or (end - timedelta(seconds=1)).astimezone(zone).date()
    days = days_words(first.date(), max(first.date(), until))
    if all_day:
        return days
    if open_end:
        return _("%(days)s, from %(start)s") % {"days": days, "start": clock(first.time())}
    if first == last:
        return _("%(days)s, at %(start)s") % {"days": days, "start": clock(first.time())}
    return _("%(days)s, from %(start)s to %(end)s") % {
        "days": days,
        "start": clock(first.time()),
        "end": clock(last.time()),
    }


def language() -> str:
    return (get_language() or "")[:2]
