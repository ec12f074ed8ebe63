"""Builds an event page's template context: its dates, its recaps, and the site's next events."""

from datetime import datetime
from itertools import islice
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from articles.story_context import topic_links_of
from events.pages.calendar_links import calendar_links
from events.records.dates import MAX_DATES_SHOWN, Occurrence, occurrences_of, upcoming_dates
from events.records.settings import EventSettings
from events.recurrence import expand, horizon_from
from portal.content.serving.editions import edition_of
from portal.platform.operation.compiled import compiled_query

MAX_OTHER_EVENTS = 4
MAX_RECAPS = 6


def event_context(
    page: Any, request: HttpRequest, date: Occurrence | None, dates: list[Occurrence] | None
) -> dict[str, Any]:
    """Return the template context for an event, or for one `date` of its series.

    `dates` are the other dates to show; they are queried if not given.
    """
    now, edition = timezone.now(), edition_of(request)
    dates = sorted(dates or _nearest_dates(page, now), key=lambda row: (row.start, row.key))
    shown = date or _next_date(dates, now)
    recaps = _recaps(page.pk, now, home=edition.home.path, private=edition.private_paths) if page.pk else []
    by_date = {recap.occurrence_id: recap for recap in recaps}
    topics = [link.topic for link in topic_links_of(page)]
    recap = by_date.get(shown.pk) or by_date.get(None) if shown and shown.is_past(now) else None
    series_url = edition.url_of(page) if date and len(dates) > 1 else ""
    return {
        "now": now,
        "date": date,
        "shown": shown,
        "dates": [other for other in dates if other.key != getattr(date, "key", None)] if len(dates) > 1 else [],
        "is_series_page": len(dates) > 1 and date is None,
        "recaps": by_date,
        "recap": recap,
        "topics": topics,
        "events": upcoming_dates(edition.home.pk, now, MAX_OTHER_EVENTS, besides=page.pk or 0),
        "section": edition.section_of(page.path),
        "subscriptions": calendar_links(
            edition, edition.url_of(date or page), shown, is_list=False, series_url=series_url
        ),
    }


@compiled_query
def _recaps(event: Any, now: Any, *, home: str, private: tuple[str, ...]) -> QuerySet[Any]:
    # RecapPage's module imports this one indirectly.
    model: Any = apps.get_model("events", "RecapPage")
    recaps: QuerySet[Any] = model.objects.visible_below(home, private, now).filter(event=event)
    return recaps.defer("body")[:MAX_RECAPS]


def _nearest_dates(page: Any, now: datetime) -> list[Occurrence]:
    """Return the next dates, or the last ones if none is left. For a draft, return the dates that it would have."""
    if page.trail and page.live:
        return page.nearest_dates(now)
    if page.start and page.end:
        expansion = expand(page.series, horizon_from(page.wall_span[0], page.wall_span[0]))
        return list(islice(occurrences_of(page, expansion, EventSettings.night_ends_for(page)), MAX_DATES_SHOWN))
    return []


def _next_date(dates: list[Occurrence], now: datetime) -> Occurrence | None:
    """Return the current or next date that is not cancelled, or else the next date, or the last one."""
    coming = [row for row in dates if not row.is_past(now)]
    taking_place = [row for row in coming if not row.is_cancelled]
    return next(iter([*taking_place, *coming]), dates[-1] if dates else None)
