"""Dates as people type them, without the script that understands more of them."""

from datetime import date, datetime, time

import pytest
from django import forms
from django.utils.translation import override

FIELDS = forms.DateField, forms.TimeField, forms.DateTimeField


@pytest.mark.parametrize("language", ["fr", "de", "en"])
@pytest.mark.parametrize("typed", ["01/12/2027", "1.12.2027", "1-12-2027", "1/12/27", "1.12.27", "2027-12-01"])
def test_day_comes_first(language, typed):
    with override(language):
        assert forms.DateField().clean(typed) == date(2027, 12, 1)


@pytest.mark.parametrize("language", ["fr", "de", "en"])
@pytest.mark.parametrize("typed", ["18:00", "18h00", "18h", "18 h", "18 h 00", "18.00", "18", "18:00:00"])
def test_hour_is_understood_with_and_without_its_day(language, typed):
    with override(language):
        assert forms.TimeField().clean(typed) == time(18)
        assert forms.DateTimeField().clean(f"01/12/2027 {typed}").replace(tzinfo=None) == datetime(2027, 12, 1, 18)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("typed", ["demain", "31/02/2027", "12/25/2027", "25:00", "01/12/2027 25:00", "26-12-01"])
def test_anything_else_is_refused(field, typed):
    with override("en"), pytest.raises(forms.ValidationError):
        field().clean(typed)


@pytest.mark.parametrize(("language", "shown"), [("fr", "01/12/2027"), ("de", "01.12.2027"), ("en", "01/12/2027")])
def test_day_is_shown_as_it_is_written(language, shown):
    with override(language):
        assert forms.DateInput().format_value(date(2027, 12, 1)) == shown
