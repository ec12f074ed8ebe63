"""Writes the occurrences of generated events, their placements and their calendar entries."""

from datetime import datetime
from typing import TYPE_CHECKING, cast

from events.clock import instant, wall_time
from events.ical.entries import calendar_component
from events.models import CalendarEntry, EventPage, Occurrence, OccurrencePlacement
from events.occurrences import OVER_MARGIN, details_hash, placements_of, schedule_hash
from events.records.dates import occurrences_of
from events.recurrence import expand, horizon_from
from portal.content.bulk.rows import new_keys, write_objects
from portal.content.lists.positions import PublicPosition

if TYPE_CHECKING:
    from tests.bench.bulk.pages import GeneratedPage

NIGHT_ENDS = 5


def write_dates(pages: list["GeneratedPage"], now: datetime) -> None:
    """Write the rows that publishing the events would write."""
    rows: list[Occurrence] = []
    entries: list[CalendarEntry] = []
    by_page: dict[int, list[Occurrence]] = {}
    for generated in pages:
        page = cast(EventPage, generated.page)
        horizon = horizon_from(wall_time(now, page.zone), page.wall_span[0])
        dates = list(occurrences_of(page, expand(page.series, horizon), NIGHT_ENDS))
        by_page[page.pk] = dates
        rows += dates
        entry = CalendarEntry(
            event_id=page.pk,
            modified_at=page.last_published_at,
            schedule_hash=schedule_hash(page),
            details_hash=details_hash(page),
            horizon=None if page.series.is_over(horizon) else instant(horizon, page.zone),
        )
        entry.text = calendar_component(page, dates, entry, now)
        entries.append(entry)
    for row, key in zip(rows, new_keys(Occurrence, len(rows)), strict=True):
        row.pk = key
    write_objects(Occurrence, rows)
    write_objects(CalendarEntry, entries)
    placements = [
        placement
        for generated in pages
        if generated.parent.is_public
        for placement in placements_of(
            cast(EventPage, generated.page),
            sorted(by_page[generated.page.pk], key=lambda row: (row.end, row.start, row.pk)),
            PublicPosition(generated.parent.ancestors, generated.page.expire_at),
        )
    ]
    for placement in placements:
        placement.is_over = placement.end <= now - OVER_MARGIN
    write_objects(OccurrencePlacement, placements)
