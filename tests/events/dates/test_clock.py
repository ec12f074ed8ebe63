"""Conversion of wall times and instants: skipped and repeated hours, and nights that belong to the evening before."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from events.clock import instant, instants_of, is_doubled, is_missing, is_plausible, last_day_of, wall_time
from events.recurrence import Series, expand

PARIS = ZoneInfo("Europe/Paris")


def test_skipped_hour_uses_the_offset_before():
    shown = datetime(2026, 3, 29, 2, 30)

    assert is_missing(shown, PARIS)
    assert instant(shown, PARIS) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert wall_time(instant(shown, PARIS), PARIS) == datetime(2026, 3, 29, 3, 30)


def test_repeated_hour_has_two_instants():
    shown = datetime(2026, 10, 25, 2, 30)

    assert is_doubled(shown, PARIS)
    assert instant(shown, PARIS) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert instant(shown.replace(fold=1), PARIS) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@settings(deadline=None)
@given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_every_instant_survives_the_conversion_to_wall_time(moment):
    assert instant(wall_time(moment, PARIS), PARIS) == moment


@pytest.mark.parametrize(
    ("day", "plausible"), [(date(1, 1, 1), False), (date(9999, 1, 1), False), (date(2026, 1, 1), True)]
)
def test_implausible_years_are_recognised(day, plausible):
    assert is_plausible(day) is plausible


@pytest.mark.parametrize(
    ("end", "night_ends", "last"),
    [
        ("2026-03-08 02:00", 5, date(2026, 3, 7)),
        ("2026-03-08 02:00", 0, date(2026, 3, 8)),
        ("2026-03-08 00:00", 0, date(2026, 3, 7)),
        ("2026-03-08 05:00", 5, date(2026, 3, 7)),
        ("2026-03-08 05:01", 5, date(2026, 3, 8)),
        ("2026-03-09 02:00", 5, date(2026, 3, 9)),
    ],
)
def test_night_belongs_to_the_evening_before_as_configured(end, night_ends, last):
    assert last_day_of(datetime(2026, 3, 7, 20), datetime.fromisoformat(end), night_ends) == last


def test_night_over_a_clock_change_keeps_its_wall_times():
    start = datetime(2026, 3, 21, 22)
    dates = expand(Series(start, start + timedelta(hours=8), "FREQ=WEEKLY"), start + timedelta(days=14)).dates

    real = [instant(date_.end, PARIS) - instant(date_.start, PARIS) for date_ in dates]
    assert real == [timedelta(hours=8), timedelta(hours=7), timedelta(hours=8)]


@pytest.mark.parametrize(
    ("start", "end", "begins", "hours"),
    [
        ((2, 30), (3, 30), 3, 1),
        ((2, 0), (5, 0), 3, 3),
        ((2, 30), (2, 45), 3, 0.25),
        ((1, 30), (2, 30), 1, 1),
        ((1, 0), (4, 0), 1, 2),
    ],
)
def test_event_in_the_skipped_hour_keeps_its_length(start, end, begins, hours):
    """An event that spans the clock change keeps its wall times instead."""
    spring = datetime(2026, 3, 29)
    first, last = instants_of(
        spring.replace(hour=start[0], minute=start[1]), spring.replace(hour=end[0], minute=end[1]), PARIS
    )

    assert first.astimezone(PARIS).hour == begins
    assert last - first == timedelta(hours=hours)
