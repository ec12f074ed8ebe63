"""Adds up what is old and little: days with few views of a page become one row for their month.

Most rows are of pages that are opened once or twice a day. What a section or a site had on a day stays as it is.
"""

from collections.abc import Iterator
from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from django.db import connection, transaction

from portal.readership.models import SUMS, PageDay

# Whole months that keep all their days, beside the present one; and with how many views a day is kept for ever.
MONTHS, ENOUGH = 3, 10


def thin_out(now: datetime) -> None:
    """Add up the months that are due; one that has been added up has nothing left to do."""
    for first in _due_months(now.date()):
        _add_up(first)


def _due_months(today: date) -> Iterator[date]:
    # Only the last two: what is older was added up when it was their turn, unless no scheduler ran for a month.
    for months in (MONTHS + 1, MONTHS + 2):
        yield today.replace(day=1) - relativedelta(months=months)


def _add_up(first: date) -> None:
    table = connection.ops.quote_name(PageDay._meta.db_table)
    begin, end = first.toordinal(), (first + relativedelta(months=1)).toordinal()
    sums = ", ".join(f"SUM({name})" for name in SUMS)
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in SUMS)
    with transaction.atomic(), connection.cursor() as cursor:
        # The first day is the row of its month.
        cursor.execute(
            f"INSERT INTO {table} (site_id, page_id, day, {', '.join(SUMS)})"  # noqa: S608
            f" SELECT site_id, page_id, %s, {sums} FROM {table} WHERE day > %s AND day < %s AND views < %s"
            f" GROUP BY site_id, page_id ON CONFLICT (site_id, day, page_id) DO UPDATE SET {added}",
            [begin, begin, end, ENOUGH],
        )
        cursor.execute(
            f"DELETE FROM {table} WHERE day > %s AND day < %s AND views < %s",  # noqa: S608
            [begin, end, ENOUGH],
        )
