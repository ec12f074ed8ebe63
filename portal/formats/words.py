"""A day in words as the active language writes it, where Django's formats are not enough."""

import re
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language

_FIRST = re.compile(r"\b1 (?=[a-zéû])")


def ordinal_day(words: str, language: str) -> str:
    """A date in words with the first of a month as French writes it: `1er mars`."""
    return _FIRST.sub("1er ", words) if language == "fr" else words


def in_words(day: date, pattern: str = "DATE_FORMAT", **options: Any) -> str:
    """Django's `date_format` in the active language, with `1er` in French."""
    return ordinal_day(date_format(day, pattern, **options), (get_language() or "")[:2])
