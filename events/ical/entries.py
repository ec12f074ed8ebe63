"""From a published event to its entries in other calendars: the rule, and whatever its dates have of their own."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _, override

from events.clock import instant, wall
from events.ical.write import CalendarEvent, text_of, without_long_exceptions
from events.models import CalendarEntry, EventPage, EventStatus, Occurrence
from events.recurrence import SINGLE, Rule, horizon_from, key_of


def calendar_component(page: EventPage, rows: list[Occurrence], entry: CalendarEntry, now: datetime) -> str:
    """The VEVENTs of a published event with all of its dates; URL lines hold the key of a date only."""
    with override(page.locale.language_code):
        return text_of(entries_of(page, rows, entry, now))


def entries_of(page: EventPage, rows: Iterable[Occurrence], entry: CalendarEntry, now: datetime) -> list[CalendarEvent]:
    """The series and each date that differs from it.

    What the dates are is decided by `rows` alone: a date of the rule without a row is left out, a row without a date of
    the rule is added. So a calendar shows exactly what the site shows.
    """
    known = {row.key: row for row in rows}
    master = _master(page, entry)
    if not page.is_series and known.keys() <= {SINGLE}:
        row = known.get(SINGLE)
        return [_of_row(master, row, None)] if row else [master]
    usual = _rule_starts(page, now)
    begin, finish = page.span
    length = finish - begin
    others = []
    added = []
    for key, row in known.items():
        original = usual.get(key, row.original_start)
        if key not in usual:
            added.append(row.original_start)
        if _differs(row, page, original, length):
            others.append(_of_row(master, row, _moment(row, original)))
    left_out = [start for key, start in usual.items() if key not in known]
    series = replace(
        master,
        rule=Rule.parse(page.recurrence) if page.recurrence else None,
        added=tuple(_moment_of(page, start) for start in added),
        left_out=tuple(_moment_of(page, start) for start in left_out),
    )
    standing = [_moment_of(page, usual.get(key, row.original_start)) for key, row in known.items()]
    return [without_long_exceptions(series, standing) if standing else series, *others]


def entry_of_date(page: EventPage, row: Occurrence, entry: CalendarEntry) -> CalendarEvent:
    """One date of a series by itself; it stays a date of that series."""
    master = _master(page, entry)
    return _of_row(master, row, None if row.key == SINGLE else _moment(row, row.original_start))


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
        start=_moment_of(page, begin),
        end=None if page.is_open_ended else _moment_of(page, finish),
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
    start, end = _moment(row, row.start), _moment(row, row.end)
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
    """The instants that the rule alone gives, by key, as far as dates are worked out."""
    if not page.is_series:
        return {SINGLE: page.span[0]}
    horizon = horizon_from(wall(now, page.zone), page.wall_span[0])
    return {key_of(start): instant(start, page.zone) for start in page.series.rule_dates(horizon)}


def _differs(row: Occurrence, page: EventPage, original: datetime, length: timedelta) -> bool:
    """Whether a date is anything but the usual one at its usual time.

    A night over a clock change is: the same hours on the clock are another length, and calendars repeat the length.
    """
    own = row.title or row.place or row.venue_id or row.online_url
    is_elsewhen = row.start != original or (not row.is_all_day and row.end - row.start != length)
    return bool(own) or is_elsewhen or row.status != page.status or row.is_open_ended != page.is_open_ended


def _moment(row: Occurrence, moment: datetime) -> datetime | date:
    return wall(moment, row.zone).date() if row.is_all_day else moment


def _moment_of(page: EventPage, moment: datetime) -> datetime | date:
    return wall(moment, page.zone).date() if page.is_all_day else moment


def _summary(title: str, status: str) -> str:
    # Calendars strike a cancelled event through by themselves.
    if status in (EventStatus.SCHEDULED, EventStatus.CANCELLED):
        return title
    return f"{EventStatus(status).label}{_(': ')}{title}"


def _description(page: EventPage, status: str, reason: str) -> str:
    note = "" if status == EventStatus.SCHEDULED else reason
    return "\n\n".join(part for part in (note, page.standfirst) if part)


def _location(place: str, address: str, online: str) -> str:
    return ", ".join(part for part in (place, address) if part) or online
