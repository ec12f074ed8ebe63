"""A query that is nothing but a date: a day, or a month with or without its year, as people write them."""

from calendar import monthrange
from contextlib import suppress
from datetime import date

from events.clock import FIRST_YEAR, LAST_YEAR
from portal.formats.reading import NotUnderstoodError, read_day, read_month


def days_asked(text: str, today: date) -> tuple[date, date] | None:
    """The first and the last day of what a query asks for; None if it is no date."""
    days = None
    with suppress(NotUnderstoodError):
        first = read_month(text, today)
        days = first, first.replace(day=monthrange(first.year, first.month)[1])
    if days is None:
        with suppress(NotUnderstoodError):
            day = read_day(text, today)
            days = day, day
    return days if days and FIRST_YEAR <= days[0].year <= LAST_YEAR else None
