"""Dates in words as the active language writes them, by the CLDR."""

import re
from datetime import date, datetime
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from django.utils.formats import date_format
from django.utils.translation import get_language

# The portal's English readers live in Europe.
ENGLISH = "en-IE"
SKELETONS = {"MMMMd", "yMMMM"}
_FIRST = re.compile(r"\b1 (?=[a-zéû])")
_YEAR = re.compile(r"[\s,]*(?:'de' )?\by+\b\.?")


def in_words(day: date, form: str = "long") -> str:
    """A date in words: `3 mars 2026`.

    `form` is a width (`full` has the day of the week), a skeleton (`MMMMd`, `yMMMM`) or a field (`EEEE`, `LLLL`) of the
    CLDR.
    """
    locale = locale_of(get_language() or "en")
    words = format_skeleton(form, day, locale=locale) if form in SKELETONS else format_date(day, form, locale)
    return ordinal_day(words, locale.language)


def weekday_and_day(day: date) -> str:
    """A date in words without its year: `mardi 3 mars`."""
    full = locale_of(get_language() or "en").date_formats["full"].pattern
    return in_words(day, _YEAR.sub("", full).strip())


def date_and_time(at: datetime) -> str:
    """A date with a time in words, in Django's format, with `1er` in French."""
    return ordinal_day(date_format(at, "DATETIME_FORMAT"), (get_language() or "")[:2])


def ordinal_day(words: str, language: str) -> str:
    """A date in words; in French the first of a month is `1er mars`."""
    return _FIRST.sub("1er ", words) if language == "fr" else words


@cache
def locale_of(language: str) -> Locale:
    """The CLDR's locale of a language; English if the CLDR has none."""
    try:
        return Locale.parse(ENGLISH if language == "en" else language, sep="-")
    except UnknownLocaleError:
        return Locale.parse(ENGLISH, sep="-")
