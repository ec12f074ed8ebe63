"""Compares stored dates and placements with their events, and repairs differences."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from events.occurrences import list_event, placements_of, rows_by_event
from events.pages import EventPage
from events.records import CalendarEntry, OccurrencePlacement
from portal.content.lists.checking import differing, rows_by_page
from portal.content.lists.positions import public_positions

# These columns are updated as time passes, not on publication.
BY_TIME = ("is_over",)


def check_events(repair: bool) -> int:
    listed = OccurrencePlacement.objects.values("event")
    pages = EventPage.objects.filter(Q(live=True) | Q(pk__in=listed))
    return differing(pages, _wrong, _write, repair=repair)


def _write(pages: list[Any]) -> None:
    now = timezone.now()
    for page in pages:
        list_event(page, now)


def _wrong(pages: list[Any]) -> set[int]:
    keys = [page.pk for page in pages]
    rows = rows_by_event(keys)
    positions = public_positions(pages)
    listed = [page for page in pages if page.pk in positions]
    placements = (each for page in listed for each in placements_of(page, rows[page.pk], positions[page.pk]))
    expected = rows_by_page(placements, "event_id", BY_TIME)
    actual = rows_by_page(OccurrencePlacement.objects.filter(event__in=keys), "event_id", BY_TIME)
    wrong = {key for key in keys if expected.get(key) != actual.get(key)}
    with_entry = set(CalendarEntry.objects.filter(event__in=keys).values_list("event", flat=True))
    dated = {page.pk for page in pages if page.live and page.start is not None}
    # A live event with a start but without stored dates or a calendar entry is incomplete.
    return wrong | {key for key in dated if not rows[key] or key not in with_entry}
