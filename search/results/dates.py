"""Results by date: in a span of days, on the weekend, and on the days that a query names."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _, pgettext

from events.dating import days_named
from events.formatting.dates import format_day, format_days
from events.models import Occurrence
from events.pages.recap import recaps_by_date
from events.records.dates import OccurrencePlacement
from events.records.rows import EventRow
from portal.content.serving.editions import Edition, MenuLink
from portal.formats.words import in_words
from search.engines import engine
from search.engines.base import MAX_LOOSE, Frequencies, Match
from search.models import IndexEntry
from search.models.entries import MAX_MINUTE, PAGE_BITS, PAGE_MASK, key_of
from search.network import network_of
from search.query.criteria import WEEKEND, Criteria, day_of
from search.query.days import date_in
from search.query.parse import QueryPiece
from search.results.reach import Reach

MAX_EVENTS = 2000
# How many events on the query's days are shown above the results.
MAX_DATED = 5


@dataclass(frozen=True)
class DatedEvents:
    """The events on a query's days. `url` is the list or month with all of them.

    If there are no events, `nothing` says so, and `next_day` links to the day of the next event.
    """

    label: str
    url: str
    total: int = 0
    events: Sequence[EventRow] = ()
    recaps: Mapping[int, Any] = field(default_factory=dict)
    nothing: str = ""
    next_day: MenuLink | None = None


def dated_events(edition: Edition, text: str, now: datetime) -> DatedEvents | None:
    """The edition's events on the days in `text`, first those that match its other words; None without a day."""
    today = now.astimezone(edition.zone).date()
    query = date_in(text, today, edition.language)
    if query is None:
        return None
    first, last = query.first, query.last
    is_month = first.day == 1 and last == first.replace(day=monthrange(first.year, first.month)[1])
    label = in_words(first, "yMMMM") if is_month else format_days(first, last)
    url = _list_url(edition, month=f"{first:%Y-%m}") if is_month else _list_url(edition, first=first, last=last)
    placements = OccurrencePlacement.objects.in_lists_of(edition.home.pk, now)
    found = placements.on_days(first, last)
    about = _events_about(edition, query.rest, found, now)
    events = found.filter(event_id__in=about)[:MAX_DATED].as_dates() if about else []
    if len(events) < MAX_DATED:
        events += found.exclude(event_id__in=about)[: MAX_DATED - len(events)].as_dates()
    if events:
        return DatedEvents(label, url, found.count(), events, recaps_by_date(events, edition, now))
    if query.rest and (query.words == 1 or last < today):
        # The name of a month alone, or a past day, may be an ordinary word: August Thyssen, mai 1968.
        return None
    if is_month:
        nothing = _("No event in %(month)s.") % {"month": label}
    elif first == last:
        nothing = _("No event on %(day)s.") % {"day": label}
    else:
        nothing = _("No event %(days)s.") % {"days": label}
    later = placements.filter(first_day__gt=last).order_by("first_day", "start", "occurrence_id")
    day = later.values_list("first_day", flat=True).first()
    next_day = MenuLink(format_day(day), _list_url(edition, first=day, last=day)) if day else None
    return DatedEvents(label, url, nothing=nothing, next_day=next_day)


def _events_about(edition: Edition, pieces: Sequence[QueryPiece], placements: Any, now: datetime) -> list[int]:
    """The events on these dates with all of the words or, if there are none, with any of them."""
    if not pieces:
        return []
    reach = Reach(edition, network_of(edition))
    queries = reach.queries(pieces, reach.homes(Criteria()))
    events = IndexEntry.objects.filter(pk__in=placements.order_by().values("event_id")).order_by("-key")
    keys = tuple(events.values_list("key", flat=True)[:MAX_EVENTS])
    any_word = tuple(replace(query, terms=query.terms.relax({}, MAX_LOOSE)) for query in queries)
    for each in (queries, any_word) if queries and keys else ():
        if found := engine().candidates(Match(each, now, among=keys), None, Frequencies(len(keys), {})):
            return [each.key & PAGE_MASK for each in found]
    return []


def _list_url(edition: Edition, **params: str | date) -> str:
    return f"{edition.list_url(edition.home, 'events')}?{urlencode(params)}"


def span_of(criteria: Criteria) -> tuple[int, int] | None:
    """The lowest and highest key of pages on the chosen days; None if no days are chosen."""
    since, until = day_of(criteria.since), day_of(criteria.until)
    if since is None and until is None:
        return None
    first = key_of(0, _midnight(since)) if since else 0
    last = key_of(0, _midnight(until + timedelta(days=1))) - 1 if until else MAX_MINUTE << PAGE_BITS | PAGE_MASK
    return first, last


def keys_of_weekend(criteria: Criteria, now: datetime) -> tuple[int, ...] | None:
    """The keys of this weekend's events, if chosen; otherwise None."""
    if criteria.when != WEEKEND:
        return None
    first, last = days_named("weekend", timezone.localdate(now)) or (date.min, date.min)
    begin, end = _midnight(first), _midnight(last + timedelta(days=1))
    dates = Occurrence.objects.not_withdrawn().filter(start__lt=end, end__gt=max(begin, now))
    events = IndexEntry.objects.filter(pk__in=dates.values("event_id")).order_by("key")
    return tuple(events.values_list("key", flat=True)[:MAX_EVENTS])


def chosen_dates(criteria: Criteria) -> list[MenuLink]:
    chosen = []
    if criteria.when:
        chosen.append(MenuLink(pgettext("events", "This weekend"), criteria.change(when="").query_string))
    if criteria.since or criteria.until:
        days = {name: day_of(getattr(criteria, name)) for name in ("since", "until")}
        words = {name: date_format(day, "SHORT_DATE_FORMAT") if day else "" for name, day in days.items()}
        if days["since"] and days["until"]:
            label = _("%(since)s to %(until)s") % words
        else:
            label = (_("Since %(since)s") if days["since"] else _("Until %(until)s")) % words
        chosen.append(MenuLink(label, criteria.change(since="", until="").query_string))
    return chosen


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())
