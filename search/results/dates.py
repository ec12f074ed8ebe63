"""Results of some days: of a span of days, and the events of the weekend."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _, pgettext

from events.dating import days_named
from events.models import Occurrence
from search.models import IndexEntry
from search.models.entries import MAX_MINUTE, PAGE_BITS, PAGE_MASK, key_of
from search.query.criteria import WEEKEND, Criteria, day_of

MAX_EVENTS = 2000


@dataclass(frozen=True)
class ChosenDates:
    """A link that takes chosen dates away."""

    label: str
    url: str


def span_of(criteria: Criteria) -> tuple[int, int] | None:
    """The lowest and the highest key of pages of the chosen days; None if none are chosen."""
    since, until = day_of(criteria.since), day_of(criteria.until)
    if since is None and until is None:
        return None
    first = key_of(0, _midnight(since)) if since else 0
    last = key_of(0, _midnight(until + timedelta(days=1))) - 1 if until else MAX_MINUTE << PAGE_BITS | PAGE_MASK
    return first, last


def keys_of_weekend(criteria: Criteria, now: datetime) -> tuple[int, ...] | None:
    """The keys of the events of this weekend; None if they are not asked for."""
    if criteria.when != WEEKEND:
        return None
    first, last = days_named("weekend", timezone.localdate(now)) or (date.min, date.min)
    begin, end = _midnight(first), _midnight(last + timedelta(days=1))
    dates = Occurrence.objects.not_withdrawn().filter(start__lt=end, end__gt=max(begin, now))
    events = IndexEntry.objects.filter(pk__in=dates.values("event_id")).order_by("key")
    return tuple(events.values_list("key", flat=True)[:MAX_EVENTS])


def chosen_dates(criteria: Criteria) -> list[ChosenDates]:
    chosen = []
    if criteria.when:
        chosen.append(ChosenDates(pgettext("events", "This weekend"), criteria.change(when="").query_string))
    if criteria.since or criteria.until:
        days = {name: day_of(getattr(criteria, name)) for name in ("since", "until")}
        words = {name: date_format(day, "SHORT_DATE_FORMAT") if day else "" for name, day in days.items()}
        if days["since"] and days["until"]:
            label = _("%(since)s to %(until)s") % words
        else:
            label = (_("Since %(since)s") if days["since"] else _("Until %(until)s")) % words
        chosen.append(ChosenDates(label, criteria.change(since="", until="").query_string))
    return chosen


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())
