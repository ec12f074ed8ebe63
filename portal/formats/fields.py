"""Form fields that parse dates and times as people write them, with error messages that explain the problem."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.formats import localize_input
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from portal.formats.reading import (
    NoSuchDayError,
    NotUnderstoodError,
    WrongWeekdayError,
    read_date_and_time,
    read_day,
    read_day_near,
    read_hour,
    read_past_day,
)
from portal.formats.words import in_words

# The widget attribute for past days.
PAST = "data-past"
# The widget attribute with the name of another day of the same row.
NEAR = "data-near"
EXAMPLE = datetime(2027, 12, 1, 18)  # noqa: DTZ001 - in any time zone

# The browser shows the same messages (`date_field_words`).
UNKNOWN = gettext_lazy("We do not understand this. Please write it like {example}.")
NO_SUCH_DAY = gettext_lazy("{month} has only {days} days.")
WRONG_WEEKDAY = gettext_lazy("{date} is a {weekday}: correct the day of the week or the date.")
SPAN = gettext_lazy("Enter only the start here, and {end} in the “End” field.")


def validation_error(error: NotUnderstoodError, example: Any) -> ValidationError:
    if isinstance(error, NoSuchDayError):
        name = capfirst(str(MONTHS[error.month]))
        # For February, the message includes the year.
        month = f"{name} {error.year}" if error.month == 2 and error.year else name
        return ValidationError(NO_SUCH_DAY.format(month=month, days=error.days), code="invalid")
    if isinstance(error, WrongWeekdayError):
        day = in_words(error.day)
        return ValidationError(
            WRONG_WEEKDAY.format(date=day, weekday=str(WEEKDAYS[error.day.weekday()])), code="invalid"
        )
    return ValidationError(UNKNOWN.format(example=localize_input(example)), code="invalid")


def parse_typed[T](read: Callable[[], T], example: Any, otherwise: Callable[[], T] | None = None) -> T:
    """Call `read`; if it finds no date, call `otherwise`. Raises ValidationError with a message about the problem."""
    try:
        return read()
    except NotUnderstoodError as error:
        if otherwise and type(error) is NotUnderstoodError:
            with suppress(ValidationError):
                return otherwise()
        raise validation_error(error, example) from error


class TypedDateField(forms.DateField):
    """A day as people type it. A day without a year is the next such day.

    If the widget has `PAST`, it is the last such day; with `NEAR`, it is the one closest to the other day.
    """

    other: Any = None

    def get_bound_field(self, form: Any, field_name: str) -> forms.BoundField:
        if name := self.widget.attrs.get(NEAR):
            self.other = form.data.get(form.add_prefix(name))
        return super().get_bound_field(form, field_name)

    def to_python(self, value: Any) -> date | None:
        parse_as_django = partial(super().to_python, value)
        if isinstance(value, str) and value.strip():
            return parse_typed(lambda: self._read(value), EXAMPLE.date(), parse_as_django)
        return parse_as_django()

    def _read(self, typed: str) -> date:
        """The browser parses it in the same way."""
        today = timezone.localdate()
        if PAST in self.widget.attrs:
            return read_past_day(typed, today)
        if self.other:
            with suppress(NotUnderstoodError):
                return read_day_near(typed, read_day(self.other, today), today)
        return read_day(typed, today)


class TypedTimeField(forms.TimeField):
    def to_python(self, value: Any) -> time | None:
        parse_as_django = partial(super().to_python, value)
        if isinstance(value, str) and value.strip():
            return parse_typed(lambda: read_hour(value), EXAMPLE.time(), parse_as_django)
        return parse_as_django()


class TypedDateTimeField(forms.DateTimeField):
    def to_python(self, value: Any) -> datetime | None:
        parse_as_django = partial(super().to_python, value)
        if isinstance(value, str) and value.strip():
            return parse_typed(lambda: self._read(value), EXAMPLE, parse_as_django)
        return parse_as_django()

    @staticmethod
    def _read(typed: str) -> datetime | None:
        found: datetime | None = from_current_timezone(read_date_and_time(typed, timezone.localdate()))
        return found
