"""Combines old days with few views of a page into one row for their month.

Most rows are of pages that are opened once or twice a day. The sums of sections and sites are not changed.
"""

from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from django.db import connection, transaction

from portal.readership.models import SUMS, PageDay
from portal.readership.writing import added_up

# The number of whole months before this one that keep all their days, and the views with which a day is never combined.
MONTHS, ENOUGH = 3, 10


def thin_out(now: datetime) -> None:
    # The last two due months: older ones were combined before, unless no scheduler ran for a month.
    for months in (MONTHS + 1, MONTHS + 2):
        _combine(now.date().replace(day=1) - relativedelta(months=months))


@transaction.atomic
def _combine(first: date) -> None:
    table = connection.ops.quote_name(PageDay._meta.db_table)
    begin, end = first.toordinal(), (first + relativedelta(months=1)).toordinal()
    sums = ", ".join(f"SUM({name})" for name in SUMS)
    with connection.cursor() as cursor:
        # The row of the first day is that of the month.
        cursor.execute(
            f"INSERT INTO {table} (site_id, page_id, day, {', '.join(SUMS)})"  # noqa: S608
            f" SELECT site_id, page_id, %s, {sums} FROM {table} WHERE day > %s AND day < %s AND views < %s"
            f" GROUP BY site_id, page_id ON CONFLICT (site_id, day, page_id) DO UPDATE SET {added_up(table, SUMS)}",
            [begin, begin, end, ENOUGH],
        )
        cursor.execute(
            f"DELETE FROM {table} WHERE day > %s AND day < %s AND views < %s",  # noqa: S608
            [begin, end, ENOUGH],
        )
