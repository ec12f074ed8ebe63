"""Compares the dates and placements of events with the events, and writes again what differs."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from events.occurrences import list_event, placements_of
from events.pages import EventPage
from events.records import CalendarEntry, Occurrence, OccurrencePlacement
from portal.content.lists.checking import differing, rows_by_page
from portal.content.lists.positions import public_positions

# Time marks them as over, whatever the page says.
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
    rows: dict[int, list[Occurrence]] = {key: [] for key in keys}
    for row in Occurrence.objects.not_withdrawn().filter(event__in=keys).order_by("end", "start", "pk"):
        rows[row.event_id].append(row)
    positions = public_positions(pages)
    expected = rows_by_page(
        (
            placement
            for page in pages
            if page.pk in positions
            for placement in placements_of(page, rows[page.pk], positions[page.pk])
        ),
        "event_id",
        BY_TIME,
    )
    actual = rows_by_page(OccurrencePlacement.objects.filter(event__in=keys), "event_id", BY_TIME)
    wrong = {key for key in keys if expected.get(key) != actual.get(key)}
    known = set(CalendarEntry.objects.filter(event__in=keys).values_list("event", flat=True))
    dated = {page.pk for page in pages if page.live and page.start is not None}
    # An event without dates, or without the text of its calendar entry, was not written to its end.
    return wrong | {key for key in dated if not rows[key] or key not in known}
