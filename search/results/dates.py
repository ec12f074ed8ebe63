"""Results of some days: of a span of days, of the weekend, and of the day or the month that a query asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _, pgettext

from events.dating import days_named
from events.formatting.dates import format_day
from events.models import Occurrence
from events.models.dates import OccurrencePlacement
from events.models.recap import recaps_by_date
from events.models.rows import EventRow
from portal.core.serving.editions import Edition
from search.models import IndexEntry
from search.models.entries import MAX_MINUTE, PAGE_BITS, PAGE_MASK, key_of
from search.query.criteria import WEEKEND, Criteria, day_of
from search.query.days import days_asked

MAX_EVENTS = 2000
# So many events of the days that are asked for stand above the results.
MAX_DATED = 5


@dataclass(frozen=True)
class ChosenDates:
    """A link that takes chosen dates away."""

    label: str
    url: str


@dataclass(frozen=True)
class DatedEvents:
    """The events of the day or the month that a query asks for; `url` is the list or the month with all of them."""

    label: str
    url: str
    total: int
    events: list[EventRow]
    recaps: Mapping[int, Any]


def dated_events(edition: Edition, text: str, now: datetime) -> DatedEvents | None:
    """The first events of the edition on the days that `text` names; None if it names none, or nothing takes place."""
    days = days_asked(text, now.astimezone(edition.zone).date())
    if days is None:
        return None
    placements = OccurrencePlacement.objects.in_lists_of(edition.home.pk, now).on_days(*days)
    events = placements[:MAX_DATED].as_dates()
    if not events:
        return None
    first, last = days
    asked = {"first": first, "last": last} if first == last else {"month": f"{first:%Y-%m}"}
    return DatedEvents(
        format_day(first) if first == last else date_format(first, "F Y", use_l10n=False),
        f"{edition.list_url(edition.home, 'events')}?{urlencode(asked)}",
        placements.count(),
        events,
        recaps_by_date(events, edition, now),
    )


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
