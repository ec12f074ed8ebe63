"""The time of an event: missing parts are filled in, impossible times are refused, and clock changes have no effect."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings, strategies as st

from events.models import EventPage
from tests.builders import make_event

PARIS = ZoneInfo("Europe/Paris")


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_end_before_the_start_is_refused(lorraine):
    with pytest.raises(ValidationError) as error:
        make_event(lorraine.calendar, start=at("2026-03-03 09:00"), end=at("2026-03-03 08:59"))

    assert "end" in error.value.message_dict


def test_end_may_be_the_start(lorraine):
    event = make_event(lorraine.calendar, start=at("2026-03-03 09:00"), end=at("2026-03-03 09:00"))

    assert event.start == event.end


def test_draft_may_have_no_date(lorraine):
    event = EventPage(title="Sans date", slug="sans-date", live=False, locale=lorraine.home.locale)
    lorraine.calendar.add_child(instance=event)
    event.save_revision(clean=False)

    with pytest.raises(ValueError, match="no date"):
        _ = event.span


def test_open_end_is_the_end_of_the_day(lorraine):
    event = make_event(lorraine.calendar, start=at("2026-03-03 18:00"), end=None)

    assert event.local_end == at("2026-03-04 00:00")
    assert event.last_day == date(2026, 3, 3)


def test_all_day_includes_its_last_day(lorraine):
    event = make_event(lorraine.calendar, start=at("2026-03-03 10:00"), end=at("2026-03-05 10:00"), is_all_day=True)

    assert (event.local_start, event.local_end) == (at("2026-03-03 00:00"), at("2026-03-06 00:00"))
    assert event.last_day == date(2026, 3, 5)
    assert event.lasts_days


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [
        ("2026-03-29", "2026-03-29", 23),
        ("2026-10-25", "2026-10-25", 25),
        ("2026-03-28", "2026-03-30", 71),
        ("2026-01-31", "2026-02-01", 48),
        ("2026-12-31", "2027-01-01", 48),
    ],
)
def test_all_day_follows_a_clock_change(lorraine, first, last, hours):
    event = make_event(lorraine.calendar, start=at(f"{first} 00:00"), end=at(f"{last} 12:00"), is_all_day=True)

    assert event.local_start.time() == event.local_end.time() == time(0)
    assert event.end.astimezone(UTC) - event.start.astimezone(UTC) == timedelta(hours=hours)


moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


@pytest.mark.django_db
@settings(deadline=None)
@given(
    start=moments, length=st.timedeltas(timedelta(0), timedelta(days=40)), all_day=st.booleans(), open_end=st.booleans()
)
def test_normalizing_never_puts_the_end_before_the_start(start, length, all_day, open_end):
    event = EventPage(
        start=start, end=None if open_end else start + length, is_all_day=all_day, time_zone="Europe/Paris"
    )
    if all_day or open_end:
        event.normalize_span()

    assert event.start <= event.end
    assert event.start <= start or not all_day
    assert event.end >= (start if open_end else start + length) or not (all_day or open_end)
    if all_day:
        assert event.local_start.time() == event.local_end.time() == time(0)
    once = event.span
    if all_day:
        event.normalize_span()
        assert event.span == once
