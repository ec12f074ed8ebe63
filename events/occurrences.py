"""Keeps the dates of events in step with their pages, one function for each thing that happens to them.

What readers know of an event's dates is written when it is published, from its rule and from what differs from it. What
has begun is history: a later version changes it only where it names that very date.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Q
from wagtail.models import Page

from events.clock import instant, wall
from events.ical.entries import calendar_component
from events.models import CalendarEntry, EventPage, EventSettings, Occurrence, OccurrencePlacement
from events.models.dates import EVER, occurrences_of
from events.recurrence import SINGLE, Expansion, expand, horizon_from, key_of
from events.registration.sync import follow
from events.status import Attendance
from portal.core.lists.listing import PublicPosition, public_positions, with_other_expiry
from portal.core.serving.privacy import alias_paths

BATCH = 500
# The dates of an endless rule reach from here to two years ahead.
NEAREST_HORIZON = timedelta(days=700)
# Far enough back that no clock of another worker can be there still.
LONG_OVER = timedelta(days=1)
# What a later version may change of an occurrence.
FACTS = [field.name for field in Occurrence._meta.concrete_fields if field.name not in ("id", "event", "key", "seats")]


def list_event(page: EventPage, now: datetime) -> None:
    """An event was published or taken down: bring its dates and every list in line with it."""
    if page.live and page.start is not None:
        schedule(page, now)
    place([page])


def list_below(page: Page) -> int:
    """Bring the lists in line with every event at or below a page; how many there are.

    For what changes many at once and none of their dates: a move, a new address, a privacy rule. An alias is as private
    as what it shows, wherever it stands.
    """
    count = 0
    here = Q(path__startswith=page.path) | Q(path__in=alias_paths([page.path]))
    for batch in batched(EventPage.objects.filter(here).iterator(BATCH), BATCH):
        place(batch)
        count += len(batch)
    return count


def list_below_if_it_closes(page: Page) -> None:
    """Bring the lists in line where a page above events may have got another time to expire, or lost it."""
    if OccurrencePlacement.objects.filter(with_other_expiry(page, "event"), event__path__startswith=page.path).exists():
        list_below(page)


def schedule_again(events: Iterable[EventPage], now: datetime) -> None:
    """Something around published events changed that their dates show: a venue, the end of the night."""
    for batch in batched(events, BATCH):
        for page in batch:
            schedule(page, now)
        place(batch)


def extend_horizon(now: datetime) -> int:
    """Work out the coming dates of endless series, and let lists forget what has ended; to be called once a day.

    How many events got dates. Nothing is wrong in between: lists compare with the present minute, and are only slower.
    """
    # Events from before there were texts get theirs here too.
    is_due = Q(entry__horizon__lt=now + NEAREST_HORIZON) | Q(entry__text="")
    due = EventPage.objects.filter(is_due, live=True)
    keys = list(due.values_list("pk", flat=True))
    for batch in batched(keys, BATCH):
        schedule_again(EventPage.objects.filter(pk__in=batch), now)
    OccurrencePlacement.objects.filter(is_over=False, end__lte=now - LONG_OVER).update(is_over=True)
    return len(keys)


# Dates


def schedule(page: EventPage, now: datetime) -> None:
    """Write the dates of a published event."""
    horizon = horizon_from(wall(now, page.zone), page.wall_span[0])
    series = page.series
    expansion = expand(series, horizon)
    with transaction.atomic():
        known = {row.key: row for row in Occurrence.objects.filter(event=page)}
        is_first = not known
        _rename(known, page)
        worked_out = CalendarEntry.objects.filter(event=page).values_list("horizon", flat=True).first()
        # A date of the past is new only where nobody has worked it out before.
        known_until = min(now, worked_out or now)
        fresh, changed = [], []
        for row in occurrences_of(page, expansion, EventSettings.night_ends_for(page), known):
            before = known.get(row.key)
            if before is None and (is_first or row.start > known_until or row.is_added or row.is_changed):
                fresh.append(row)
            elif before is not None and not _is_history(before, row, now):
                row.pk = before.pk
                changed.append(row)
        dropped = [row.pk for row in _dropped(known, expansion, now)]
        Occurrence.objects.bulk_create(fresh, batch_size=BATCH)
        Occurrence.objects.bulk_update(changed, FACTS, batch_size=BATCH)
        Occurrence.objects.filter(pk__in=dropped).update(is_withdrawn=True)
        _write_entry(page, now, None if series.is_over(horizon) else instant(horizon, page.zone))
        follow(page)


def _rename(known: dict[str, Occurrence], page: EventPage) -> None:
    """Let the one date of an event that becomes a series be its first, and the other way round."""
    first = key_of(page.wall_span[0])
    before, after = (SINGLE, first) if page.is_series else (first, SINGLE)
    if before in known and after not in known:
        row = known.pop(before)
        row.key = after
        row.save(update_fields=["key"])
        known[after] = row


def _is_history(before: Occurrence, row: Occurrence, now: datetime) -> bool:
    return before.start <= now and row.key != SINGLE and not row.is_changed and not before.is_withdrawn


def _dropped(known: dict[str, Occurrence], expansion: Expansion, now: datetime) -> Iterator[Occurrence]:
    """The known dates that the event no longer has: those to come, and those named as left out."""
    kept = {date.key for date in expansion.dates}
    named = {date.key for date in expansion.removed if date.change}
    for key, row in known.items():
        if key not in kept and (row.start > now or key in named):
            yield row


def _write_entry(page: EventPage, now: datetime, horizon: datetime | None) -> None:
    dates, words = dates_print(page), words_print(page)
    entry = CalendarEntry.objects.filter(event=page).first() or CalendarEntry(event=page, modified_at=now)
    # An entry without a print is new, or from before there were any.
    if entry.dates_print and entry.dates_print != dates:
        entry.sequence += 1
    if entry.dates_print and (entry.dates_print, entry.words_print) != (dates, words):
        entry.modified_at = now
    entry.dates_print, entry.words_print, entry.horizon = dates, words, horizon
    rows = list(Occurrence.objects.standing().filter(event=page).select_related("venue"))
    for row in rows:
        row.event = page
    entry.text = calendar_component(page, rows, entry, now)
    entry.save()
    page.entry = entry


def dates_print(page: EventPage) -> str:
    """Changes with what those who have the event in their calendar must know: its dates, its place, its status."""
    venue = page.venue
    changes = [
        (c.day, c.hour, c.kind, c.new_day, c.new_start, c.new_end, c.venue_id, c.place, c.online_url, c.is_full)
        for c in page.changed_dates.all()
    ]
    return _print(
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


def words_print(page: EventPage) -> str:
    """Changes with anything else that a calendar shows."""
    changes = sorted(str((c.day, c.hour, c.title, c.reason)) for c in page.changed_dates.all())
    return _print(page.title, page.standfirst, page.status_note, page.organiser, page.contact_email, changes)


def _print(*facts: Any) -> str:
    return sha256(repr([str(fact) for fact in facts]).encode()).hexdigest()


# Lists


def place(pages: Iterable[EventPage]) -> None:
    """Write where the dates of some events are listed: nowhere, for what readers may not see."""
    pages = list(pages)
    standing = public_positions(pages)
    public = {page.pk: page for page in pages if page.pk in standing}
    rows: dict[int, list[Occurrence]] = {key: [] for key in public}
    for row in Occurrence.objects.standing().filter(event__in=public).order_by("end", "start", "pk"):
        rows[row.event_id].append(row)
    with transaction.atomic():
        OccurrencePlacement.objects.filter(event__in=[page.pk for page in pages]).delete()
        OccurrencePlacement.objects.bulk_create(
            (placement for key, page in public.items() for placement in placements_of(page, rows[key], standing[key])),
            batch_size=BATCH,
        )


def placements_of(page: EventPage, rows: list[Occurrence], standing: PublicPosition) -> Iterator[OccurrencePlacement]:
    """The placements of an event's dates, which come in the order of their ends, in each of the pages above."""
    if not rows:
        return
    over_at = rows[-1].end
    last = next((row for row in reversed(rows) if not row.is_cancelled), rows[-1])
    last_of_all = last_taking_place = EVER
    for row in rows:
        listed_from = last_of_all if row.is_cancelled else last_taking_place
        last_of_all = row.end
        if not row.is_cancelled:
            last_taking_place = row.end
        for key in standing.above:
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
                attendance=_attendance(page, row),
                hidden_at=standing.hidden_at,
            )


def _attendance(page: EventPage, row: Occurrence) -> str:
    if not (row.place or row.venue_id or row.online_url):
        return page.attendance.value
    is_somewhere = bool(row.place or row.venue_id or page.venue_id or page.place or page.address)
    is_online = bool(row.online_url or page.online_url)
    if is_online:
        return Attendance.MIXED.value if is_somewhere else Attendance.ONLINE.value
    return Attendance.ON_SITE.value if is_somewhere else ""


def events_with(venue: Any) -> Any:
    """The published events that are held at a venue, wholly or on some date."""
    return EventPage.objects.live().filter(Q(venue=venue) | Q(changed_dates__venue=venue)).distinct()
