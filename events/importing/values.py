"""Converts imported events and pages to the JSON that the editor would save, for comparison."""

import json
import re
from collections.abc import Collection
from datetime import date, datetime, time
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from events.clock import instants_of, wall_time
from events.importing.descriptions import standfirst_and_body
from events.importing.entries import ImportedEntry
from events.pages import EventPage
from events.records import AddedDate, ChangedDate
from events.status import EventStatus
from portal.editorial.records.texts import remove_block_keys

LINE_BREAKS = re.compile(r"[ \t]*[\r\n]+[ \t]*")
PLAIN_FIELDS = ("title", "is_all_day", "time_zone", "status", "recurrence", "place", "address", "online_url")
TEXT_FIELDS = ("standfirst", "contact_name", "source_url")


def values_from_source(incoming: ImportedEntry) -> dict[str, Any]:
    """Return the values of the fields that an import writes. Saving them in the editor must not change them."""
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
        "added_dates": [[_iso(start.date()), _iso_time(start), _iso_time(end)] for start, end in incoming.added],
        "changed_dates": [
            {
                "day": change.day.isoformat(),
                "hour": change.hour.replace(second=0).isoformat() if change.hour else None,
                "kind": change.kind,
                "new_day": _iso(change.start.date() if change.start and change.start.date() != change.day else None),
                "new_start": None if incoming.is_all_day else _iso_time(change.start),
                "new_end": None if incoming.is_all_day else _iso_time(change.end),
                "title": one_line(change.title),
                "place": one_line(change.place, ", "),
            }
            for change in sorted(incoming.changes, key=lambda change: (change.day, change.hour or time()))
        ],
    }


def values_from_page(page: EventPage) -> dict[str, Any]:
    event_zone = page.zone
    start = wall_time(page.start, event_zone) if page.start else None
    end = wall_time(page.end, event_zone) if page.end and not page.is_open_ended else None
    body = [remove_block_keys(block.value.source) for block in page.body if block.block_type == "paragraph"]
    return {
        **{name: getattr(page, name) for name in (*PLAIN_FIELDS, *TEXT_FIELDS)},
        "standfirst": page.standfirst.replace("\r\n", "\n"),
        "start": _iso(start),
        "end": _iso(end),
        "body": body[0] if len(page.body) == 1 and body else [str(block.value) for block in page.body] or "",
        "added_dates": [
            [row.day.isoformat(), _iso(row.start_time), _iso(row.end_time)] for row in page.added_dates.all()
        ],
        "changed_dates": sorted(
            (
                {
                    **{name: _iso(getattr(row, name)) for name in ("day", "hour", "new_day", "new_start", "new_end")},
                    **{name: getattr(row, name) for name in ("kind", "title", "place")},
                }
                for row in page.changed_dates.all()
            ),
            key=lambda row: (row["day"], row["hour"] or ""),
        ),
    }


def _iso(value: date | time | None) -> str | None:
    return value.isoformat() if value else None


def _iso_time(value: datetime | None) -> str | None:
    return whole_minutes(value).time().isoformat() if value else None


def whole_minutes(value: datetime) -> datetime:
    return value.replace(second=0, microsecond=0)


def one_line(text: str, separator: str = " ") -> str:
    """Replace line breaks with spaces. A single-line field would remove the line breaks and join the words."""
    return LINE_BREAKS.sub(separator, text).strip()


def paragraphs(html: str) -> str:
    """Convert clean HTML to the format that the rich text editor saves, without block keys."""
    if not html:
        return ""
    # The editor reads XHTML and fails on an unclosed empty element.
    editable = _converter().from_database_format(html.replace("<br>", "<br/>"))
    return remove_block_keys(_converter().to_database_format(editable))


@cache
def _converter() -> ContentstateConverter:
    return ContentstateConverter(features=EventPage.body.field.stream_block.child_blocks["paragraph"].features)


def write(page: EventPage, values: dict[str, Any], names: Collection[str]) -> None:
    for name in (*PLAIN_FIELDS, *TEXT_FIELDS):
        if name in names:
            setattr(page, name, values[name])
    if {"start", "end", "time_zone", "is_all_day"} & set(names):
        page.time_zone = values["time_zone"]
        start = datetime.fromisoformat(values["start"])
        end = datetime.fromisoformat(values["end"]) if values["end"] else None
        page.start, page.end = instants_of(start, end, page.zone)
        page.is_open_ended = False
    if "body" in names:
        page.body = json.dumps([{"type": "paragraph", "value": values["body"]}] if values["body"] else [])
    if "added_dates" in names:
        page.added_dates = [
            AddedDate(
                day=date.fromisoformat(day),
                start_time=start and time.fromisoformat(start),
                end_time=end and time.fromisoformat(end),
            )
            for day, start, end in values["added_dates"]
        ]
    if "changed_dates" in names:
        page.changed_dates = [
            ChangedDate(
                **row
                | {name: row[name] and date.fromisoformat(row[name]) for name in ("day", "new_day")}
                | {name: row[name] and time.fromisoformat(row[name]) for name in ("hour", "new_start", "new_end")}
            )
            for row in values["changed_dates"]
        ]


def _location(text: str) -> tuple[str, str]:
    text = one_line(text, ", ")
    if len(text) <= 200:
        return text, ""
    place, _comma, address = text.partition(", ")
    return place[:200], address[:300]


def _is_url(text: str, max_length: int = 200) -> bool:
    if not text or len(text) > max_length or urlsplit(text).scheme not in ("http", "https"):
        return False
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        return False
    return True
