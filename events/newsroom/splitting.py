"""Splits a series at a date: the later dates become an event of their own, the earlier ones stay."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from events.clock import instant
from events.pages import EventPage
from events.recurrence import Rule, Series, SeriesDate, expand, horizon_from
from portal.editorial.approval.authorship import take_over_text


def find_date(series: Series, key: str) -> SeriesDate:
    """Return the date of a series with this key; raise ValidationError if there is none."""
    dates = expand(series, horizon_from(series.start, series.start)).dates
    found = next((date for date in dates if date.key == key), None)
    if found is None:
        raise ValidationError(_("The series has no such date."))
    return found


@transaction.atomic
def split_series(page: EventPage, key: str, user: Any) -> EventPage:
    """Create drafts of an event that begins with this date, which is returned, and of the series that ends before it.

    Raises ValidationError unless the date is one of the rule after the first.
    """
    series = page.series
    date = find_date(series, key)
    if not page.recurrence or date.is_added or date.original == series.start:
        raise ValidationError(_("Only a date of the rule after the first one can begin a series of its own."))
    rule = Rule.parse(page.recurrence)
    before = sum(1 for start in rule.dates(series.start, date.original) if start < date.original)
    rest = replace(rule, count=rule.count - before if rule.count else None)
    first = replace(rule, until=date.original.date() - timedelta(days=1), count=None)

    successor = page.copy(
        to=page.get_parent().specific,
        update_attrs={"slug": f"{page.slug[:200]}-{date.original:%Y-%m-%d}", "live": False, "continues": page},
        copy_revisions=False,
        keep_live=False,
        user=user,
    )
    # `copy` excludes this field (exclude_fields_in_copy).
    EventPage.objects.filter(pk=successor.pk).update(continues=page)
    successor = EventPage.objects.get(pk=successor.pk)
    length = series.end - series.start
    successor.start = instant(date.original, page.zone)
    successor.end = None if page.is_open_ended else instant(date.original + length, page.zone)
    successor.recurrence = str(rest)
    first_day = date.original.date()
    for name in ("changed_dates", "added_dates"):
        rows = getattr(page, name).all()
        setattr(successor, name, [_copy(row) for row in rows if row.day >= first_day])
        setattr(page, name, [row for row in rows if row.day < first_day])
    successor.breaks = [_copy(row) for row in page.breaks.all() if row.last_day is None or row.last_day >= first_day]
    successor.continues = page
    take_over_text(page, successor, successor.save_revision(user=user), user)

    page.recurrence = str(first)
    page.save_revision(user=user)
    return successor


def _copy(row: Any) -> Any:
    names = [field.name for field in row._meta.fields if field.name not in ("id", "page")]
    return type(row)(**{name: getattr(row, name) for name in names})
