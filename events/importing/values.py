"""The values of an imported event and of a page as comparable JSON, and how they are written to a page."""

import json
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from events.clock import instants_of, wall_time
from events.importing.as_saved import one_line, paragraphs, whole_minutes
from events.importing.descriptions import standfirst_and_body
from events.importing.entries import ImportedEntry
from events.pages import EventPage
from events.records import AddedDate, ChangedDate
from events.status import EventStatus
from portal.editorial.approval.authorship import without_block_keys
from portal.platform.zones import zone

# The fields of the page that an import writes, beside its relations.
PLAIN_FIELDS = ("title", "is_all_day", "time_zone", "status", "recurrence", "place", "address", "online_url")
TEXT_FIELDS = ("standfirst", "contact_name", "source_url")


def values_from_source(incoming: ImportedEntry) -> dict[str, Any]:
    """Return the values of the fields that an import writes, as the form of the event would save them."""
    standfirst, body = standfirst_and_body(incoming.description)
    online = next((url for url in (incoming.conference, incoming.location) if _is_url(url)), "")
    place, address = ("", "") if _is_url(incoming.location) else _location(incoming.location)
    return {
        "title": one_line(incoming.title),
        "start": whole_minutes(incoming.start).isoformat(),
        "end": whole_minutes(incoming.end).isoformat() if incoming.end else None,
        "is_all_day": incoming.is_all_day,
        "time_zone": incoming.zone,
        "status": (EventStatus.CANCELLED if incoming.is_cancelled else EventStatus.SCHEDULED).value,
        "recurrence": incoming.rule,
        "place": place,
        "address": address,
        "online_url": online,
        "standfirst": standfirst,
        "body": paragraphs(body),
        "contact_name": one_line(incoming.contact)[:160],
        "source_url": incoming.url if _is_url(incoming.url, 1000) else "",
        "added_dates": [
            [start.date().isoformat(), _format_moment(start), _format_moment(end)] for start, end in incoming.added
        ],
        "changed_dates": [
            {
                "day": change.day.isoformat(),
                "hour": _format_time(change.hour.replace(second=0) if change.hour else None),
                "kind": change.kind,
                "new_day": change.start.date().isoformat()
                if change.start and change.start.date() != change.day
                else None,
                "new_start": None if incoming.is_all_day else _format_moment(change.start),
                "new_end": None if incoming.is_all_day else _format_moment(change.end),
                "title": one_line(change.title),
                "place": one_line(change.place, ", "),
            }
            for change in sorted(incoming.changes, key=lambda change: (change.day, change.hour or time()))
        ],
    }


def values_from_page(page: EventPage) -> dict[str, Any]:
    """Return the present values of the same fields on a page."""
    event_zone = page.zone
    start = wall_time(page.start, event_zone) if page.start else None
    end = wall_time(page.end, event_zone) if page.end and not page.is_open_ended else None
    body = [without_block_keys(block.value.source) for block in page.body if block.block_type == "paragraph"]
    return {
        **{name: getattr(page, name) for name in (*PLAIN_FIELDS, *TEXT_FIELDS)},
        "standfirst": page.standfirst.replace("\r\n", "\n"),
        "start": start.isoformat() if start else None,
        "end": end.isoformat() if end else None,
        "body": body[0] if len(page.body) == 1 and body else [str(block.value) for block in page.body] or "",
        "added_dates": [
            [row.day.isoformat(), _format_time(row.start_time), _format_time(row.end_time)]
            for row in page.added_dates.all()
        ],
        "changed_dates": sorted(
            (
                {
                    "day": row.day.isoformat(),
                    "hour": _format_time(row.hour),
                    "kind": row.kind,
                    "new_day": row.new_day.isoformat() if row.new_day else None,
                    "new_start": _format_time(row.new_start),
                    "new_end": _format_time(row.new_end),
                    "title": row.title,
                    "place": row.place,
                }
                for row in page.changed_dates.all()
            ),
            key=lambda row: (row["day"], row["hour"] or ""),
        ),
    }


def _format_time(moment: time | None) -> str | None:
    return moment.isoformat() if moment else None


def _format_moment(moment: datetime | None) -> str | None:
    return whole_minutes(moment).time().isoformat() if moment else None


def write(page: EventPage, values: dict[str, Any], names: Iterable[str]) -> None:
    names = set(names)
    for name in (*PLAIN_FIELDS, *TEXT_FIELDS):
        if name in names:
            setattr(page, name, values[name])
    if names & {"start", "end", "time_zone", "is_all_day"}:
        event_zone = zone(values["time_zone"])
        page.time_zone = values["time_zone"]
        start = datetime.fromisoformat(values["start"])
        end = datetime.fromisoformat(values["end"]) if values["end"] else None
        page.start, page.end = instants_of(start, end, event_zone)
        page.is_open_ended = False
    if "body" in names:
        page.body = json.dumps([{"type": "paragraph", "value": values["body"]}] if values["body"] else [])
    if "added_dates" in names:
        page.added_dates = [
            AddedDate(day=date.fromisoformat(day), start_time=_parse_time(start), end_time=_parse_time(end))
            for day, start, end in values["added_dates"]
        ]
    if "changed_dates" in names:
        page.changed_dates = [
            ChangedDate(
                day=date.fromisoformat(row["day"]),
                hour=_parse_time(row["hour"]),
                kind=row["kind"],
                new_day=date.fromisoformat(row["new_day"]) if row["new_day"] else None,
                new_start=_parse_time(row["new_start"]),
                new_end=_parse_time(row["new_end"]),
                title=row["title"],
                place=row["place"],
            )
            for row in values["changed_dates"]
        ]


def _parse_time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _location(text: str) -> tuple[str, str]:
    text = one_line(text, ", ")
    if len(text) <= 200:
        return text, ""
    place, _comma, address = text.partition(", ")
    return place[:200], address[:300]


def _is_url(text: str, most: int = 200) -> bool:
    if not text or len(text) > most or urlsplit(text).scheme not in ("http", "https"):
        return False
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        return False
    return True
