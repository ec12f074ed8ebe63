"""Writes the dates and placements of published events, with one function for each kind of change.

A date that has begun changes only if a later version has an exception for that date.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Page

from events.clock import instant, wall_time
from events.ical.entries import calendar_component, description_of
from events.pages import EventPage
from events.records import CalendarEntry, EventSettings, Occurrence, OccurrencePlacement
from events.records.dates import EARLIEST, occurrences_of
from events.recurrence import SINGLE, Expansion, expand, horizon_from, key_of
from events.registration.sync import sync_registrations
from events.status import Attendance
from portal.content.lists.positions import PublicPosition, public_positions, with_other_expiry
from portal.content.records.privacy import alias_paths
from portal.platform.tasks.durable import durable

BATCH_SIZE = 500
# The dates of an endless rule are computed two years ahead, and again once less than this is left.
NEAREST_HORIZON = timedelta(days=700)
# Dates are marked as over only after this time, because other workers' clocks may be slow.
OVER_MARGIN = timedelta(days=1)
# The occurrence fields that a later version of the page may change.
UPDATED_FIELDS = [
    field.name for field in Occurrence._meta.concrete_fields if field.name not in ("id", "event", "key", "seats")
]


def list_event(page: EventPage, now: datetime) -> None:
    """Update the dates and placements of an event that was published or unpublished."""
    if page.live and page.start is not None:
        write_dates(page, now)
    write_placements([page])


def list_below(page: Page) -> int:
    """Update the placements of every event at or below a page; return the number of events.

    An alias is as private as its source, wherever it is in the tree.
    """
    count = 0
    here = Q(path__startswith=page.path) | Q(path__in=alias_paths([page.path]))
    for batch in batched(EventPage.objects.filter(here).iterator(BATCH_SIZE), BATCH_SIZE):
        write_placements(batch)
        count += len(batch)
    return count


def list_below_if_expiry_changed(page: Page) -> None:
    """Update the placements below a page if they were written with another expiry."""
    if OccurrencePlacement.objects.filter(with_other_expiry(page, "event"), event__path__startswith=page.path).exists():
        list_below(page)


def rewrite_dates(events: Iterable[EventPage], now: datetime) -> None:
    """Update the dates of published events after a venue or the event settings have changed."""
    for batch in batched(events, BATCH_SIZE):
        for page in batch:
            write_dates(page, now)
        write_placements(batch)


@durable
def rewrite_dates_later(keys: list[int]) -> None:
    """Like `rewrite_dates`, in the background: it takes some twenty queries for each event."""
    rewrite_dates(EventPage.objects.filter(pk__in=keys, live=True), timezone.now())


def rewrite_entries(page: Page, now: datetime) -> None:
    """Write the calendar entries of events below a page after their URLs have changed."""
    for entry in CalendarEntry.objects.filter(event__path__startswith=page.path, event__live=True):
        event = EventPage.objects.get(pk=entry.event_id)
        if event.start is not None:
            _write_entry(event, now, entry.horizon)


def extend_horizon(now: datetime) -> int:
    """Compute further dates of endless series and flag ended placements; return the number of events updated.

    Lists are correct without the flag, because they compare with the current time. The flag only makes them faster.
    """
    # The text is empty while an entry is incomplete.
    is_due = Q(entry__horizon__lt=now + NEAREST_HORIZON) | Q(entry__text="")
    due = EventPage.objects.filter(is_due, live=True)
    keys = list(due.values_list("pk", flat=True))
    for batch in batched(keys, BATCH_SIZE):
        rewrite_dates(EventPage.objects.filter(pk__in=batch), now)
    OccurrencePlacement.objects.filter(is_over=False, end__lte=now - OVER_MARGIN).update(is_over=True)
    return len(keys)


# Dates


def write_dates(page: EventPage, now: datetime) -> None:
    """Write a published event's occurrences and calendar entry, and update its registrations."""
    horizon = horizon_from(wall_time(now, page.zone), page.wall_span[0])
    series = page.series
    expansion = expand(series, horizon)
    with transaction.atomic():
        stored = {row.key: row for row in Occurrence.objects.filter(event=page)}
        is_first = not stored
        _rename_only_date(stored, page)
        previous_horizon = CalendarEntry.objects.filter(event=page).values_list("horizon", flat=True).first()
        # Earlier runs have created all dates up to this time, so a new rule creates none before it.
        computed_until = min(now, previous_horizon or now)
        created, changed = [], []
        for row in occurrences_of(page, expansion, EventSettings.night_ends_for(page), stored):
            before = stored.get(row.key)
            if before is None and (is_first or row.start > computed_until or row.is_added or row.is_changed):
                created.append(row)
            elif before is not None and not _is_history(before, row, now):
                row.pk = before.pk
                changed.append(row)
        withdrawn = [row.pk for row in _withdrawn(stored, expansion, now)]
        Occurrence.objects.bulk_create(created, batch_size=BATCH_SIZE)
        Occurrence.objects.bulk_update(changed, UPDATED_FIELDS, batch_size=BATCH_SIZE)
        Occurrence.objects.filter(pk__in=withdrawn).update(is_withdrawn=True)
        _write_entry(page, now, None if series.is_over(horizon) else instant(horizon, page.zone))
        sync_registrations(page)


def _rename_only_date(stored: dict[str, Occurrence], page: EventPage) -> None:
    """Reuse a single event's row as the first date if the event becomes a series, and vice versa."""
    first = key_of(page.wall_span[0])
    before, after = (SINGLE, first) if page.is_series else (first, SINGLE)
    if before in stored and after not in stored:
        row = stored.pop(before)
        row.key = after
        row.save(update_fields=["key"])
        stored[after] = row


def _is_history(before: Occurrence, row: Occurrence, now: datetime) -> bool:
    return before.start <= now and row.key != SINGLE and not row.is_changed and not before.is_withdrawn


def _withdrawn(stored: dict[str, Occurrence], expansion: Expansion, now: datetime) -> Iterator[Occurrence]:
    """Yield the dates that the event no longer has: future ones, and dates that an exception removes."""
    present = {date.key for date in expansion.dates}
    named = {date.key for date in expansion.removed if date.change}
    for key, row in stored.items():
        if key not in present and (row.start > now or key in named):
            yield row


def _write_entry(page: EventPage, now: datetime, horizon: datetime | None) -> None:
    schedule, details = schedule_hash(page), details_hash(page)
    entry = CalendarEntry.objects.filter(event=page).first() or CalendarEntry(event=page, modified_at=now)
    # An empty hash means that no version was published before.
    if entry.schedule_hash and entry.schedule_hash != schedule:
        entry.sequence += 1
    if entry.schedule_hash and (entry.schedule_hash, entry.details_hash) != (schedule, details):
        entry.modified_at = now
    entry.schedule_hash, entry.details_hash, entry.horizon = schedule, details, horizon
    rows = list(Occurrence.objects.not_withdrawn().filter(event=page).select_related("venue"))
    for row in rows:
        row.event = page
    entry.text = calendar_component(page, rows, entry, now)
    entry.save()
    page.entry = entry


def schedule_hash(page: EventPage) -> str:
    """Hash the dates, place and status. Their changes increment SEQUENCE."""
    venue = page.venue
    changes = [
        (c.day, c.hour, c.kind, c.new_day, c.new_start, c.new_end, c.venue_id, c.place, c.online_url, c.is_full)
        for c in page.effective_changes
    ]
    return _hash(
        *page.wall_span,
        page.is_all_day,
        page.is_open_ended,
        page.time_zone,
        page.recurrence,
        page.status,
        page.place,
        page.address,
        page.online_url,
        (venue.name, venue.address) if venue else None,
        sorted((a.day, str(a.start_time), str(a.end_time)) for a in page.added_dates.all()),
        sorted((b.first_day, str(b.last_day)) for b in page.breaks.all()),
        sorted(map(str, changes)),
    )


def details_hash(page: EventPage) -> str:
    """Hash everything else that a calendar shows. Its changes only affect LAST-MODIFIED."""
    changes = sorted(str((c.day, c.hour, c.title, c.reason)) for c in page.effective_changes)
    return _hash(page.title, description_of(page), page.status_note, page.organiser, page.contact_email, changes)


def _hash(*values: Any) -> str:
    return sha256(repr([str(value) for value in values]).encode()).hexdigest()


# Placements


def write_placements(pages: Iterable[EventPage]) -> None:
    """Write the placements of some events. Events that readers may not see get none."""
    pages = list(pages)
    listings = public_positions(pages)
    public = {page.pk: page for page in pages if page.pk in listings}
    rows = rows_by_event(public)
    with transaction.atomic():
        OccurrencePlacement.objects.filter(event__in=[page.pk for page in pages]).delete()
        OccurrencePlacement.objects.bulk_create(
            (placement for key, page in public.items() for placement in placements_of(page, rows[key], listings[key])),
            batch_size=BATCH_SIZE,
        )


def rows_by_event(events: Collection[int]) -> dict[int, list[Occurrence]]:
    """Return each event's dates by end."""
    rows: dict[int, list[Occurrence]] = {key: [] for key in events}
    for row in Occurrence.objects.not_withdrawn().filter(event__in=events).order_by("end", "start", "pk"):
        rows[row.event_id].append(row)
    return rows


def placements_of(page: EventPage, rows: list[Occurrence], listing: PublicPosition) -> Iterator[OccurrencePlacement]:
    """Yield a placement for each date and each page above the event, unless it is unlisted.

    `rows` are ordered by end.
    """
    if not rows or page.is_unlisted:
        return
    over_at = rows[-1].end
    last = next((row for row in reversed(rows) if not row.is_cancelled), rows[-1])
    last_of_all = last_taking_place = EARLIEST
    for row in rows:
        listed_from = last_of_all if row.is_cancelled else last_taking_place
        last_of_all = row.end
        if not row.is_cancelled:
            last_taking_place = row.end
        for key in listing.above:
            yield OccurrencePlacement(
                above_id=key,
                occurrence=row,
                event_id=page.pk,
                start=row.start,
                end=row.end,
                first_day=row.first_day,
                last_day=row.last_day,
                is_long=row.last_day > row.first_day,
                listed_from=listed_from,
                over_at=over_at if row is last else None,
                attendance=_attendance_of(page, row),
                hidden_at=listing.hidden_at,
            )


def _attendance_of(page: EventPage, row: Occurrence) -> str:
    if not (row.place or row.venue_id or row.online_url):
        return page.attendance.value
    is_somewhere = bool(row.place or row.venue_id or page.venue_id or page.place or page.address)
    return Attendance.at(is_somewhere=is_somewhere, is_online=bool(row.online_url or page.online_url)).value


def events_at(venue: Any) -> Any:
    """Return the published events at this venue, for the whole event or one of its dates."""
    return EventPage.objects.live().filter(Q(venue=venue) | Q(changed_dates__venue=venue)).distinct()
