"""Calendar files have the site's dates, in two libraries and for any series."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from time_machine import travel

from events.models import AddedDate, Break, ChangedDate
from tests.builders import (
    change,
    make_event,
)
from tests.events.calendars import file_of, master, on_site, parse_strictly, spans, spans_in_vobject

NOW = FROZEN_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
START = datetime(2026, 3, 3, 9, tzinfo=UTC)
Kind = ChangedDate.Kind


SERIES = {
    "weekly over a clock change": {"recurrence": "FREQ=WEEKLY;UNTIL=20260430"},
    "last day included": {"recurrence": "FREQ=DAILY;UNTIL=20260307"},
    "month ends": {"start": datetime(2026, 1, 31, 9, tzinfo=UTC), "recurrence": "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=6"},
    "all day": {"is_all_day": True, "end": None, "recurrence": "FREQ=WEEKLY;UNTIL=20260401"},
    "three days": {"is_all_day": True, "end": START + timedelta(days=2), "recurrence": "FREQ=WEEKLY;COUNT=5"},
    "open end": {"end": None, "recurrence": "FREQ=WEEKLY;COUNT=3"},
    "count and left out": {
        "recurrence": "FREQ=WEEKLY;COUNT=4",
        "changed_dates": [ChangedDate(day=date(2026, 3, 10), kind=Kind.REMOVED)],
    },
    "first left out": {
        "recurrence": "FREQ=WEEKLY;COUNT=4",
        "changed_dates": [ChangedDate(day=date(2026, 3, 3), kind=Kind.REMOVED)],
    },
    "cancelled and moved": {
        "recurrence": "FREQ=WEEKLY;COUNT=6",
        "changed_dates": [
            ChangedDate(day=date(2026, 3, 10), kind=Kind.CANCELLED, reason="Grève"),
            ChangedDate(day=date(2026, 3, 17), new_day=date(2026, 3, 18), new_start=time(14)),
            ChangedDate(day=date(2026, 3, 24), new_day=date(2026, 3, 31)),
        ],
    },
    "added": {
        "recurrence": "FREQ=WEEKLY;COUNT=2",
        "added_dates": [
            AddedDate(day=date(2026, 3, 12), start_time=time(16)),
            AddedDate(day=date(2026, 3, 13), start_time=time(9), end_time=time(9, 30)),
        ],
    },
    "only added": {"added_dates": [AddedDate(day=date(2026, 4, 2))]},
    "night over the clock change": {
        "start": datetime(2026, 3, 21, 21, tzinfo=UTC),
        "end": datetime(2026, 3, 22, 5, tzinfo=UTC),
        "recurrence": "FREQ=WEEKLY;COUNT=3",
    },
    "missing hour": {
        "start": datetime(2026, 3, 28, 1, 30, tzinfo=UTC),
        "end": datetime(2026, 3, 28, 3, tzinfo=UTC),
        "recurrence": "FREQ=DAILY;COUNT=3",
    },
    "pause": {"recurrence": "FREQ=DAILY;COUNT=20", "breaks": [Break(first_day=date(2026, 3, 8), last_day=date(2026, 3, 12))]},
    "more pauses than calendars bear": {
        "recurrence": "FREQ=DAILY;COUNT=600",
        "breaks": [Break(first_day=date(2026, 3, 8), last_day=date(2027, 8, 12))],
    },
    "other zone": {"time_zone": "America/Montreal", "recurrence": "FREQ=WEEKLY;COUNT=4"},
    "utc": {"time_zone": "UTC", "recurrence": "FREQ=WEEKLY;COUNT=4"},
}  # fmt: skip


@pytest.mark.parametrize("name", SERIES)
def test_two_libraries_find_the_dates_of_the_site(lorraine, name):
    facts = {"start": START, **SERIES[name]}
    event = make_event(lorraine.calendar, "Café", **facts)
    if "end" not in facts:
        event = change(event, end=event.start + timedelta(hours=2)) if not event.is_all_day else event
    response = file_of(lorraine, event)

    parse_strictly(response.content)
    assert spans(response.content) == on_site(event)
    if name != "missing hour":
        # RFC 5545 defines the time of a skipped hour, which vobject does not implement.
        assert spans_in_vobject(response.content) == on_site(event)


def test_too_many_exceptions_become_single_dates(lorraine):
    event = make_event(lorraine.calendar, "Café", start=START, **SERIES["more pauses than calendars bear"])
    found = master(file_of(lorraine, event))

    assert "RRULE" not in found
    assert "EXDATE" not in found
    assert "RDATE" in found


def test_changed_rule_shows_the_past_as_it_was(lorraine):
    event = make_event(lorraine.calendar, "Café", start=START, recurrence="FREQ=WEEKLY;COUNT=6")
    with travel(START + timedelta(days=8), tick=False):
        event = change(
            event,
            start=START + timedelta(hours=2),
            end=START + timedelta(hours=5),
            recurrence="FREQ=WEEKLY;INTERVAL=2;COUNT=4",
        )
        response = file_of(lorraine, event)

    assert spans(response.content) == spans_in_vobject(response.content) == on_site(event)


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    count=st.integers(1, 12),
    day=st.integers(0, 300),
    hour=st.integers(0, 23),
    length=st.integers(1, 30),
    rule=st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=DAILY;INTERVAL=3"]),
    removed=st.sets(st.integers(0, 11), max_size=3),
    moved=st.sets(st.integers(0, 11), max_size=3),
)
def test_any_series_has_the_same_dates_in_all_libraries(lorraine, count, day, hour, length, rule, removed, moved):
    start = datetime(2026, 1, 31, tzinfo=UTC) + timedelta(days=day, hours=hour)
    if "BYMONTHDAY" in rule:
        start = datetime(2026, 1, 31, 12, tzinfo=UTC)
    event = make_event(
        lorraine.calendar, "Café", start=start, end=start + timedelta(hours=length), recurrence=f"{rule};COUNT={count}"
    )
    days = [row.first_day for row in event.occurrences.not_withdrawn().order_by("start")]
    changes = [ChangedDate(day=days[n], kind=Kind.REMOVED) for n in removed if n < len(days)]
    changes += [ChangedDate(day=days[n], new_day=days[n] + timedelta(days=1)) for n in moved - removed if n < len(days)]
    event = change(event, changed_dates=changes)
    content = file_of(lorraine, event).content

    parse_strictly(content)
    assert spans(content) == spans_in_vobject(content) == on_site(event)
