"""Splits a series: what follows a date becomes an event of its own, and the past stays with the first one."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from events.clock import instant
from events.models import AddedDate, Break, ChangedDate, EventPage
from events.recurrence import Date, Rule, Series, expand, horizon_from

CARRIED = ("changed_dates", "added_dates", "breaks")


def find(series: Series, key: str) -> Date:
    """The date of a series with this key; ValidationError where there is none."""
    dates = expand(series, horizon_from(series.start, series.start)).dates
    found = next((date for date in dates if date.key == key), None)
    if found is None:
        raise ValidationError(_("The series has no such date."))
    return found


@transaction.atomic
def split(page: EventPage, key: str, user: Any) -> EventPage:
    """The draft of a new event that begins with a date of the series; the series ends before it, as a draft too.

    Both keep their own name in calendars. Neither is public before it is approved.
    """
    series = page.series
    date = find(series, key)
    if not page.recurrence or date.is_added or date.original == series.start:
        raise ValidationError(_("Only a date of the rule after the first one can begin a series of its own."))
    rule = Rule.parse(page.recurrence)
    before = sum(1 for start in rule.dates(series.start, date.original) if start < date.original)
    rest = Rule(rule.period, rule.interval, rule.parts, rule.until, rule.count - before if rule.count else None)
    first = Rule(rule.period, rule.interval, rule.parts, date.original.date() - timedelta(days=1), None)

    follower = page.copy(
        to=page.get_parent().specific,
        update_attrs={"slug": f"{page.slug[:200]}-{date.original:%Y-%m-%d}", "live": False, "continues": page},
        copy_revisions=False,
        keep_live=False,
        user=user,
    )
    # Wagtail leaves it out of every copy; until the draft is published, this alone tells what it takes over.
    EventPage.objects.filter(pk=follower.pk).update(continues=page)
    follower = EventPage.objects.get(pk=follower.pk)
    length = series.end - series.start
    follower.start = instant(date.original, page.zone)
    follower.end = None if page.is_open_ended else instant(date.original + length, page.zone)
    follower.recurrence = str(rest)
    _carry(page, follower, date.original)
    follower.continues = page
    follower.save_revision(user=user)

    page.recurrence = str(first)
    for name in ("changed_dates", "added_dates"):
        setattr(page, name, [row for row in getattr(page, name).all() if row.day < date.original.date()])
    page.save_revision(user=user)
    return follower


def _carry(page: EventPage, follower: EventPage, start: datetime) -> None:
    """Let the later part have what differs in it, and nothing of the earlier one."""
    follower.changed_dates = [_copied(row, ChangedDate) for row in page.changed_dates.all() if row.day >= start.date()]
    follower.added_dates = [_copied(row, AddedDate) for row in page.added_dates.all() if row.day >= start.date()]
    follower.breaks = [
        _copied(row, Break) for row in page.breaks.all() if row.last_day is None or row.last_day >= start.date()
    ]


def _copied(row: Any, model: Any) -> Any:
    names = [field.name for field in model._meta.fields if field.name not in ("id", "page")]
    return model(**{name: getattr(row, name) for name in names})
