"""Builds a published event's calendar entries: one for the series, and one for each date that differs."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _, override

from events.clock import instant, wall_time
from events.ical.write import CalendarEvent, text_of, without_many_exceptions
from events.pages import EventPage
from events.records import CalendarEntry, Occurrence
from events.recurrence import SINGLE, Rule, horizon_from, key_of
from events.status import EventStatus
from portal.platform.typography import first_sentences

MAX_DESCRIPTION_LENGTH = 400
# The number of characters to search for the first sentences.
MAX_TEXT_LENGTH = 2000


def calendar_component(page: EventPage, rows: list[Occurrence], entry: CalendarEntry, now: datetime) -> str:
    """Return the VEVENTs of a published event, with relative URLs."""
    with override(page.locale.language_code):
        return text_of(entries_of(page, rows, entry, now))


def entries_of(page: EventPage, rows: Iterable[Occurrence], entry: CalendarEntry, now: datetime) -> list[CalendarEvent]:
    """Return the entry of the series, and an entry for each date that differs from it.

    A date of the rule without a row becomes an EXDATE; a row that the rule does not produce becomes an RDATE.
    """
    by_key = {row.key: row for row in rows}
    master = _master(page, entry)
    if not page.is_series and by_key.keys() <= {SINGLE}:
        row = by_key.get(SINGLE)
        return [_of_row(master, row, None)] if row else [master]
    usual = _rule_starts(page, now)
    begin, finish = page.span
    originals = {key: usual.get(key, row.original_start) for key, row in by_key.items()}
    others = [
        _of_row(master, row, _value(page, originals[key]))
        for key, row in by_key.items()
        if _differs(row, page, originals[key], finish - begin)
    ]
    added = [row.original_start for key, row in by_key.items() if key not in usual]
    excluded = [start for key, start in usual.items() if key not in by_key]
    series = replace(
        master,
        rule=Rule.parse(page.recurrence) if page.recurrence else None,
        added=tuple(_value(page, start) for start in added),
        excluded=tuple(_value(page, start) for start in excluded),
    )
    all_dates = [_value(page, start) for start in originals.values()]
    return [without_many_exceptions(series, all_dates) if all_dates else series, *others]


def entry_of_date(page: EventPage, row: Occurrence, entry: CalendarEntry) -> CalendarEvent:
    """Return the entry of one date. In a series it keeps its RECURRENCE-ID."""
    master = _master(page, entry)
    return _of_row(master, row, None if row.key == SINGLE else _value(row, row.original_start))


def _master(page: EventPage, entry: CalendarEntry) -> CalendarEvent:
    venue = page.venue
    begin, finish = page.span
    contact = ", ".join(part for part in (page.contact_name, page.contact_email, page.contact_phone) if part)
    return CalendarEvent(
        uid=page.calendar_uid,
        sequence=entry.sequence,
        modified=entry.modified_at,
        created=page.first_published_at or entry.modified_at,
        zone=page.zone,
        summary=_summary(page.title, page.status),
        start=_value(page, begin),
        end=None if page.is_open_ended else _value(page, finish),
        description=_description(page, page.status, page.status_note),
        location=_location(page.shown_place, page.shown_address, page.online_url),
        geo=(venue.latitude, venue.longitude) if venue and venue.has_coordinates and not page.place else None,
        conference=page.online_url,
        contact=contact or page.organiser,
        url="/",
        categories=tuple(link.topic.name for link in page.page_topics.all()),
        is_cancelled=page.status == EventStatus.CANCELLED,
    )


def _of_row(master: CalendarEvent, row: Occurrence, recurrence_id: datetime | date | None) -> CalendarEvent:
    page = row.event
    start, end = _value(row, row.start), _value(row, row.end)
    own_place = bool(row.place or row.venue)
    return replace(
        master,
        summary=_summary(row.shown_title, row.status),
        start=start,
        end=None if row.is_open_ended else end,
        description=_description(page, row.status, row.reason),
        location=_location(row.shown_place, row.shown_address, row.shown_online_url),
        geo=None if own_place else master.geo,
        conference=row.shown_online_url,
        url="/" if row.key == SINGLE else f"/{row.key}/",
        is_cancelled=row.is_cancelled,
        recurrence_id=recurrence_id,
    )


def _rule_starts(page: EventPage, now: datetime) -> dict[str, datetime]:
    if not page.is_series:
        return {SINGLE: page.span[0]}
    horizon = horizon_from(wall_time(now, page.zone), page.wall_span[0])
    return {key_of(start): instant(start, page.zone) for start in page.series.rule_dates(horizon)}


def _differs(row: Occurrence, page: EventPage, original: datetime, length: timedelta) -> bool:
    """Whether a date differs from what a calendar computes from the rule.

    A night with a clock change differs, because calendars repeat the elapsed length. A date in a skipped hour differs,
    because some programs end it at the usual hour.
    """
    is_in_gap = (
        not (row.is_added or row.is_all_day) and wall_time(original, page.zone).time() != page.wall_span[0].time()
    )
    has_details = row.title or row.place or row.venue_id or row.online_url
    has_other_time = row.start != original or (not row.is_all_day and row.end - row.start != length)
    return (
        bool(has_details)
        or has_other_time
        or is_in_gap
        or row.status != page.status
        or row.is_open_ended != page.is_open_ended
    )


def _value(holder: EventPage | Occurrence, value: datetime) -> datetime | date:
    return wall_time(value, holder.zone).date() if holder.is_all_day else value


def _summary(title: str, status: str) -> str:
    # Calendar applications strike through cancelled events.
    if status in (EventStatus.SCHEDULED, EventStatus.CANCELLED):
        return title
    return f"{EventStatus(status).label}{_(': ')}{title}"


def _description(page: EventPage, status: str, reason: str) -> str:
    note = "" if status == EventStatus.SCHEDULED else reason
    return "\n\n".join(part for part in (note, description_of(page)) if part)


def description_of(page: EventPage) -> str:
    """Return the standfirst, or the first sentences of the text: imported events may have no standfirst."""
    if page.standfirst:
        return page.standfirst
    words = " ".join(map(str, page.body.stream_block.get_searchable_content(page.body)))
    return first_sentences(" ".join(words.split())[:MAX_TEXT_LENGTH], MAX_DESCRIPTION_LENGTH)


def _location(place: str, address: str, online: str) -> str:
    return ", ".join(part for part in (place, address) if part) or online
