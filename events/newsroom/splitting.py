"""Splits a series at a date: the later dates become an event of their own, the earlier ones stay."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from events.clock import instant
from events.pages import EventPage
from events.records import AddedDate, Break, ChangedDate
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
    """Save a new event that begins with this date, and end the series before it; return the new event.

    Both changes are drafts until they are approved. Each event has its own UID in calendar files. Raises
    ValidationError for a date that is not one of the rule after the first.
    """
    series = page.series
    date = find_date(series, key)
    if not page.recurrence or date.is_added or date.original == series.start:
        raise ValidationError(_("Only a date of the rule after the first one can begin a series of its own."))
    rule = Rule.parse(page.recurrence)
    before = sum(1 for start in rule.dates(series.start, date.original) if start < date.original)
    rest = Rule(rule.period, rule.interval, rule.parts, rule.until, rule.count - before if rule.count else None)
    first = Rule(rule.period, rule.interval, rule.parts, date.original.date() - timedelta(days=1), None)

    successor = page.copy(
        to=page.get_parent().specific,
        update_attrs={"slug": f"{page.slug[:200]}-{date.original:%Y-%m-%d}", "live": False, "continues": page},
        copy_revisions=False,
        keep_live=False,
        user=user,
    )
    # `copy` leaves this field out (exclude_fields_in_copy), but the draft must know its predecessor at once.
    EventPage.objects.filter(pk=successor.pk).update(continues=page)
    successor = EventPage.objects.get(pk=successor.pk)
    length = series.end - series.start
    successor.start = instant(date.original, page.zone)
    successor.end = None if page.is_open_ended else instant(date.original + length, page.zone)
    successor.recurrence = str(rest)
    _copy_later_exceptions(page, successor, date.original)
    successor.continues = page
    take_over_text(page, successor, successor.save_revision(user=user), user)

    page.recurrence = str(first)
    for name in ("changed_dates", "added_dates"):
        setattr(page, name, [row for row in getattr(page, name).all() if row.day < date.original.date()])
    page.save_revision(user=user)
    return successor


def _copy_later_exceptions(page: EventPage, successor: EventPage, start: datetime) -> None:
    """Copy the exceptions from the date `start` on to the new event."""
    successor.changed_dates = [_copy(row, ChangedDate) for row in page.changed_dates.all() if row.day >= start.date()]
    successor.added_dates = [_copy(row, AddedDate) for row in page.added_dates.all() if row.day >= start.date()]
    successor.breaks = [
        _copy(row, Break) for row in page.breaks.all() if row.last_day is None or row.last_day >= start.date()
    ]


def _copy(row: Any, model: Any) -> Any:
    names = [field.name for field in model._meta.fields if field.name not in ("id", "page")]
    return model(**{name: getattr(row, name) for name in names})
