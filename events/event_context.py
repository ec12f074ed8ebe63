"""What stands on the page of an event: its date or its dates, what looks back on it, what comes next."""

from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils import timezone

from events.ical.links import ways_to_subscribe
from events.models.dates import DATES_SHOWN, Occurrence, OccurrencePlacement, occurrences_of
from events.models.settings import EventSettings
from events.recurrence import expand, horizon_from
from portal.core.serving.editions import Edition, edition_of

if TYPE_CHECKING:
    from events.models import EventPage

OTHERS = 4
RECAPS = 6


def event_context(
    page: "EventPage", request: HttpRequest, date: Occurrence | None, dates: list[Occurrence] | None
) -> dict[str, Any]:
    """The template context of an event, or of one `date` of its series, and of the `dates` around it if known."""
    now, edition = timezone.now(), edition_of(request)
    dates = sorted(dates or _dates(page, now), key=lambda row: (row.start, row.key))
    shown = date or _next(dates, now)
    recaps = list(page.recaps.visible_in(edition, now).defer("body")[:RECAPS]) if page.pk else []
    by_date = {recap.occurrence_id: recap for recap in recaps}
    topics = [link.topic for link in page.page_topics.select_related("topic")] if page.trail else []
    recap = by_date.get(shown.pk) or by_date.get(None) if shown and shown.is_past(now) else None
    address = edition.url_of(date or page)
    return {
        "now": now,
        "date": date,
        "shown": shown,
        "dates": [other for other in dates if other.key != getattr(date, "key", None)] if len(dates) > 1 else [],
        "recaps": by_date,
        "recap": recap,
        "looking_back": [other for other in recaps if other != recap],
        "topics": topics,
        "events": _others(page, edition, now),
        "section": edition.section_of(page.path),
        "subscriptions": ways_to_subscribe(edition, address, shown, is_list=False),
    }


def _dates(page: "EventPage", now: datetime) -> list[Occurrence]:
    """The next dates, or the last ones where none is left; those of a draft as they would be."""
    if page.trail and page.live:
        return page.nearest_dates(now)
    if page.start and page.end:
        expansion = expand(page.series, horizon_from(page.wall_span[0], page.wall_span[0]))
        return list(islice(occurrences_of(page, expansion, EventSettings.night_ends_for(page)), DATES_SHOWN))
    return []


def _next(dates: list[Occurrence], now: datetime) -> Occurrence | None:
    """The running or next date that takes place, else the next at all, else the last."""
    coming = [row for row in dates if not row.is_past(now)]
    taking_place = [row for row in coming if not row.is_cancelled]
    return next(iter([*taking_place, *coming]), dates[-1] if dates else None)


def _others(page: "EventPage", edition: Edition, now: datetime) -> list[Occurrence]:
    placements = OccurrencePlacement.objects.in_lists_of(edition.home.pk, now).upcoming(now)
    return placements.exclude(event=page.pk or 0)[:OTHERS].as_dates()
