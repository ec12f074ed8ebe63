"""Reads calendar files as other applications do: strictly, and with two libraries."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import recurring_ical_events
import vobject
from icalendar import Calendar

from events.models import EventPage
from tests.builders import SampleSite

SEEN_UNTIL = datetime(2028, 1, 1, tzinfo=UTC)
SPAN = tuple[Any, Any]


def file_of(ground: SampleSite, page: Any, rest: str = "", **headers: str) -> Any:
    """The response with a page's calendar file."""
    return ground.reader(**headers).get(f"{ground.address(page).rstrip('/')}{rest}.ics")


def events_in(response: Any) -> list[Any]:
    return list(parse_strictly(response.content).walk("VEVENT"))


def master(response: Any) -> Any:
    return next(event for event in events_in(response) if "RECURRENCE-ID" not in event)


def on_site(event: EventPage) -> list[SPAN]:
    """Start and end of every date that is not cancelled, from the site."""
    rows = event.occurrences.not_withdrawn().exclude(status="cancelled")
    if event.is_all_day:
        return sorted((row.first_day, row.last_day + timedelta(days=1)) for row in rows)
    return sorted((row.start, row.start if row.is_open_ended else row.end) for row in rows)


def parse_strictly(content: bytes) -> Calendar:
    """Parse a calendar file; raise AssertionError for anything that RFC 5545 does not allow."""
    text = content.decode()
    lines = text.split("\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert all("\n" not in line and "\r" not in line for line in lines)
    assert max(len(line.encode()) for line in lines) <= 75
    assert not any(letter < " " and letter != "\t" for line in lines for letter in line)
    calendar = Calendar.from_ical(text)
    assert not calendar.errors
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    named: Counter[tuple[str, str]] = Counter()
    for event in calendar.walk("VEVENT"):
        assert not event.errors, event.errors
        assert event["UID"]
        assert event["DTSTAMP"].dt.tzinfo
        is_day = not isinstance(event["DTSTART"].dt, datetime)
        for name in ("DTEND", "RECURRENCE-ID"):
            if name in event:
                assert isinstance(event[name].dt, datetime) is not is_day
                assert event[name].params.get("TZID") == event["DTSTART"].params.get("TZID")
        if "DTEND" in event:
            assert event["DTEND"].dt > event["DTSTART"].dt
            assert "DURATION" not in event
        if is_day:
            assert event["DTSTART"].params["VALUE"] == "DATE"
            assert "TZID" not in event["DTSTART"].params
        if until := event.get("RRULE", {}).get("UNTIL"):
            assert (not isinstance(until[0], datetime)) if is_day else until[0].utcoffset() == timedelta(0)
        recurrence = event.get("RECURRENCE-ID")
        named[str(event["UID"]), recurrence.to_ical().decode() if recurrence else ""] += 1
        assert "None" not in str(event.get("LOCATION", ""))
    assert all(count == 1 for count in named.values())
    assert not calendar.get_missing_tzids()
    for zone in calendar.walk("VTIMEZONE"):
        assert {part.name for part in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}
    for component in vobject.readComponents(text):
        component.validate(raiseException=True)
    return calendar


def spans(content: bytes, until: datetime = SEEN_UNTIL) -> list[SPAN]:
    """Start and end of every date that is not cancelled, from recurring-ical-events."""
    found = recurring_ical_events.of(Calendar.from_ical(content)).between(datetime(2020, 1, 1, tzinfo=UTC), until)
    events = [event for event in found if event.get("STATUS") != "CANCELLED"]
    return sorted((_plain(event.start), _plain(event.end)) for event in events)


def spans_in_vobject(content: bytes, until: datetime = SEEN_UNTIL) -> list[SPAN]:
    """The same from vobject, which takes time zones from the file's VTIMEZONE and not from a database."""
    calendar = vobject.readOne(content.decode())
    events = list(calendar.vevent_list)
    changed = {
        (event.uid.value, _plain(event.recurrence_id.value)) for event in events if hasattr(event, "recurrence_id")
    }
    found = []
    for event in events:
        if getattr(event, "status", None) and event.status.value == "CANCELLED":
            continue
        start = event.dtstart.value
        length = event.dtend.value - start if hasattr(event, "dtend") else timedelta(0)
        rules = None if hasattr(event, "recurrence_id") else event.getrruleset(addRDate=True)
        for begin in rules or [start]:
            value = begin if isinstance(start, datetime) else _day(begin)
            if isinstance(start, datetime) and value >= until:
                break
            if rules is not None and (event.uid.value, _plain(value)) in changed:
                continue
            end = (value.astimezone(UTC) + _real(start, length)) if isinstance(start, datetime) else value + length
            found.append((_plain(value), _plain(end)))
    return sorted(found)


def _real(start: datetime, length: timedelta) -> timedelta:
    return (start + length).astimezone(UTC) - start.astimezone(UTC)


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value


def _plain(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
