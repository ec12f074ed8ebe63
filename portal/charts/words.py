"""Numbers and labels of charts in the active language."""

from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.translation import get_language

from portal.charts.data import Label
from portal.formats.words import in_words, locale_of

# Units that stand behind every number. All others are named once.
SHORT_UNITS = {"%", "‰", "€", "$", "£", "°C", "°"}
NO_BREAK, NARROW_NO_BREAK = "\u00a0", "\u202f"


def number(value: Decimal | float, digits: int, unit: str = "") -> str:
    """A number with this number of decimal places: `1 234,5 %`."""
    locale = locale_of(get_language() or "en")
    pattern = "#,##0" + (f".{'0' * digits}" if digits else "")
    text = format_decimal(value, pattern, locale).replace("-", "−").replace(" ", NARROW_NO_BREAK)
    if unit not in SHORT_UNITS:
        return text
    close = locale.language == "en" or unit == "°"
    return f"{text}{'' if close else NO_BREAK}{unit}"


def label(row: Label, short: bool = False) -> str:
    """The text of a row's label; dates are written in the active language."""
    if row.day is None:
        return row.text
    if row.is_month:
        return in_words(row.day, "MMM y" if short else "yMMMM")
    return in_words(row.day, "d MMM y" if short else "long")
