"""Dates as people type them, parsed on the server; `tests/journeys/test_dates.py` tests the browser."""

import json
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from time import process_time

import pytest
import time_machine
from django import forms
from django.utils.translation import override

from events.editing.forms import WallClockField
from portal.formats.fields import TypedDateField, TypedDateTimeField, TypedTimeField
from portal.formats.reading import (
    NoSuchDayError,
    NotUnderstoodError,
    WrongWeekdayError,
    read_date_and_time,
    read_day,
    read_day_near,
    read_hour,
    read_month,
    read_past_day,
    split_span,
)

TABLE = json.loads((Path(__file__).parent / "typed_dates.json").read_text())
TODAY = date.fromisoformat(TABLE["today"])
REASONS = {"month": NoSuchDayError, "weekday": WrongWeekdayError, "unknown": NotUnderstoodError}


@pytest.mark.parametrize(("typed", "meant"), TABLE["moments"])
def test_date_and_time_are_parsed(typed, meant):
    assert read_date_and_time(typed, TODAY) == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("25 nov", "2026-11-25"),
        ("26 novembre", "2026-11-26"),
        ("27 nov", "2025-11-27"),
        ("mercredi 25 novembre", "2026-11-25"),
        ("hier", "2026-11-25"),
        ("vorgestern", "2026-11-24"),
        ("27/11/2026", "2026-11-27"),
        ("demain", "2026-11-27"),
    ],
)
def test_past_weekday_is_the_last_one(typed, meant):
    assert read_past_day(typed, TODAY) == date.fromisoformat(meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("29.1", "2028-01-29"),
        ("31 décembre", "2027-12-31"),
        ("samedi 29/1", "2028-01-29"),
        ("29/1/2027", "2027-01-29"),
        ("demain", "2026-11-27"),
        ("vendredi prochain", "2026-11-27"),
    ],
)
def test_day_without_a_year_is_the_closest_to_the_other_day(typed, meant):
    assert read_day_near(typed, date(2028, 1, 22), TODAY) == date.fromisoformat(meant)


@pytest.mark.parametrize(("typed", "reason"), [("lundi 29/1", WrongWeekdayError), ("bientôt", NotUnderstoodError)])
def test_other_day_does_not_explain_an_invalid_one(typed, reason):
    with pytest.raises(reason):
        read_day_near(typed, date(2028, 1, 22), TODAY)


@pytest.mark.parametrize(("typed", "meant"), TABLE["days"])
def test_date_is_parsed(typed, meant):
    assert read_day(typed, TODAY) == date.fromisoformat(meant)


@pytest.mark.parametrize(("typed", "meant"), TABLE["hours"])
def test_time_is_parsed(typed, meant):
    assert read_hour(typed) == time.fromisoformat(meant)


@pytest.mark.parametrize(("typed", "start", "end"), TABLE["spans"])
def test_span_is_split_into_start_and_end(typed, start, end):
    with pytest.raises(NotUnderstoodError):
        read_date_and_time(typed, TODAY)
    first, last = split_span(typed, TODAY)
    assert (read_date_and_time(first, TODAY), read_hour(last)) == (
        datetime.fromisoformat(start),
        time.fromisoformat(end),
    )


@pytest.mark.parametrize("typed", ["1er décembre à 18h", "2026-12-01 18:00", "mardi", *dict(TABLE["refused"])])
def test_other_text_is_not_split(typed):
    assert split_span(typed, TODAY) is None


@pytest.mark.parametrize(
    ("read", "typed"),
    [(read_hour, "18h"), (partial(read_day, today=TODAY), "1/12/2026"), (partial(read_month, today=TODAY), "12/2026")],
)
def test_text_that_is_too_long_for_a_date_is_refused(read, typed):
    assert read(typed + " " * (100 - len(typed)))
    with pytest.raises(NotUnderstoodError):
        read(typed + " " * 100)


def test_many_dashes_are_parsed_fast():
    before = process_time()

    assert split_span("18 dec 14h" + "-" * 15_000 + "17h", TODAY) is None
    assert process_time() - before < 0.5


@pytest.mark.parametrize(("typed", "reason"), TABLE["refused"])
def test_invalid_text_is_refused_with_its_reason(typed, reason):
    with pytest.raises(NotUnderstoodError) as refused:
        read_date_and_time(typed, TODAY)
    assert type(refused.value) is REASONS[reason]


@pytest.mark.parametrize(
    ("language", "typed", "message"),
    [
        ("en", "31/11/2026 18h", "November has only 30 days."),
        ("en", "29/2/2027 18h", "February 2027 has only 28 days."),
        ("en", "lundi 1/12/2026 18h", "1 December 2026 is a Tuesday: correct the day of the week or the date."),
        ("en", "soon", "We do not understand this. Please write it like 01/12/2027 18:00."),
    ],
)
@pytest.mark.parametrize("field", [TypedDateTimeField, WallClockField])
@time_machine.travel(TODAY)
def test_error_message_says_what_is_wrong(field, language, typed, message):
    with override(language), pytest.raises(forms.ValidationError) as refused:
        field().clean(typed)
    assert refused.value.messages == [message]


@time_machine.travel(TODAY)
def test_fields_of_the_newsroom_parse_typed_dates(lorraine):
    """Forms that Wagtail generates for a page have these fields, too."""
    form = type(lorraine.section).get_edit_handler().get_form_class()
    assert isinstance(form.base_fields["embargo_until"], TypedDateTimeField)
    assert TypedDateField().clean("le 1/12") == date(2026, 12, 1)
    assert TypedTimeField().clean("18 heures") == time(18)


@pytest.mark.parametrize("language", ["fr", "de", "en"])
@pytest.mark.parametrize("typed", ["01/12/2027", "1.12.2027", "1-12-2027", "1/12/27", "1.12.27", "2027-12-01"])
def test_day_comes_first(language, typed):
    with override(language):
        assert forms.DateField().clean(typed) == date(2027, 12, 1)


@pytest.mark.parametrize("language", ["fr", "de", "en"])
@pytest.mark.parametrize("typed", ["18:00", "18h00", "18h", "18 h", "18 h 00", "18.00", "18", "18:00:00"])
def test_time_is_parsed_with_and_without_its_day(language, typed):
    with override(language):
        assert forms.TimeField().clean(typed) == time(18)
        assert forms.DateTimeField().clean(f"01/12/2027 {typed}").replace(tzinfo=None) == datetime(2027, 12, 1, 18)
