"""Formats dates as text in the active language, using CLDR data."""

import re
from datetime import date, datetime, time
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_info, gettext, pgettext

# The portal's English readers live in Europe.
ENGLISH = "en-IE"
SKELETONS = {"MMMMd", "yMMMM", "yMMMEd"}
_FIRST = re.compile(r"\b1 (?=[a-zéû])")
_YEAR = re.compile(r"[\s,]*(?:'de' )?\by+\b\.?")


def in_words(day: date, form: str = "long") -> str:
    """A date as text: `3 mars 2026`.

    `form` is a CLDR width (`full` includes the weekday), skeleton (`MMMMd`, `yMMMM`, `yMMMEd`) or field (`EEEE`,
    `LLLL`).
    """
    locale = locale_of(get_language() or "en")
    words = format_skeleton(form, day, locale=locale) if form in SKELETONS else format_date(day, form, locale)
    return ordinal_day(words, locale.language)


def weekday_and_day(day: date) -> str:
    """A date as text without its year: `mardi 3 mars`."""
    full = locale_of(get_language() or "en").date_formats["full"].pattern
    return in_words(day, _YEAR.sub("", full).strip())


def date_and_time(at: datetime) -> str:
    """A date with a time as text: `1er mars 2026 à minuit`, `3. März 2026 um 18:00 Uhr`."""
    if (at.hour, at.minute) == (0, 0):
        return gettext("%(day)s at midnight") % {"day": in_words(at.date())}
    return ordinal_day(date_format(at, "DATETIME_FORMAT"), (get_language() or "")[:2])


def format_hour(hour: time) -> str:
    """Format a time of day in the active language: `9 h` and `9 h 30`, `9.30 Uhr`, `09:30`."""
    pattern = gettext("H:i") if hour.minute else pgettext("a full hour", "H:i")
    return date_format(datetime.combine(date.min, hour), pattern, use_l10n=False)


def ordinal_day(words: str, language: str) -> str:
    """A date as text, with `1er` for the first of a month in French."""
    return _FIRST.sub("1er ", words) if language == "fr" else words


def language_name(code: str) -> str:
    """A language's name in the active language, as in a list: `Deutsch`, `Allemand`, `German`."""
    return str(get_language_info(code)["name_translated"])


@cache
def locale_of(language: str) -> Locale:
    """A language's CLDR locale; English if the CLDR has none."""
    try:
        return Locale.parse(ENGLISH if language == "en" else language, sep="-")
    except UnknownLocaleError:
        return Locale.parse(ENGLISH, sep="-")
