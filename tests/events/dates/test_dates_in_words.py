"""The formatted time of an event in each language, in the zone of its place."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override
from hypothesis import given, settings, strategies as st

from events.formatting.dates import format_when

PARIS = ZoneInfo("Europe/Paris")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def plain(text: str) -> str:
    """The text with plain spaces only."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", "mardi 3 mars 2026, de 9 h à 12 h 30"),
        ("de", "Dienstag, 3. März 2026, 9 Uhr bis 12.30 Uhr"),
        ("en", "Tuesday 3 March 2026, from 09:00 to 12:30"),
    ],
)
def test_morning(language, expected):
    with override(language):
        assert plain(format_when(at("2026-03-03 09:00"), at("2026-03-03 12:30"), PARIS, all_day=False)) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", "du mardi 3 mars au jeudi 5 mars 2026"),
        ("de", "Dienstag, 3. März bis Donnerstag, 5. März 2026"),
        ("en", "from Tuesday 3 March to Thursday 5 March 2026"),
    ],
)
def test_days(language, expected):
    with override(language):
        assert plain(format_when(at("2026-03-03 00:00"), at("2026-03-06 00:00"), PARIS, all_day=True)) == expected


def test_both_years_are_named_over_the_turn_of_the_year():
    with override("en"):
        words = format_when(at("2026-12-31 00:00"), at("2027-01-02 00:00"), PARIS, all_day=True)

    assert words == "from Thursday 31 December 2026 to Friday 1 January 2027"


def test_open_end_names_the_start_only():
    with override("en"):
        assert format_when(
            at("2026-03-03 18:00"), at("2026-03-04 00:00"), PARIS, all_day=False, open_end=True
        ).endswith("from 18:00")


def test_equal_start_and_end_are_named_once():
    with override("en"):
        assert format_when(at("2026-03-03 18:00"), at("2026-03-03 18:00"), PARIS, all_day=False).endswith("at 18:00")


def test_time_is_in_the_zone_of_the_place():
    with override("en"):
        words = format_when(at("2026-03-03 18:00"), at("2026-03-03 19:00"), ZoneInfo("America/Montreal"), all_day=False)

    assert words == "Tuesday 3 March 2026, from 12:00 to 13:00"


@settings(deadline=None)
@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(ZoneInfo("UTC"))),
    length=st.timedeltas(timedelta(0), timedelta(days=40)),
    language=st.sampled_from(["fr", "de", "en"]),
    all_day=st.booleans(),
)
def test_any_time_can_be_formatted(start, length, language, all_day):
    with override(language):
        assert str(start.astimezone(PARIS).year) in format_when(start, start + length, PARIS, all_day=all_day)
