"""Dates in queries, alone or together with other words: a day, week, month or span, in figures or words."""

import re
from calendar import monthrange
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from events.clock import FIRST_YEAR, LAST_YEAR
from events.dating import days_named
from portal.formats.reading import (
    MONTHS,
    NEAR_DAYS,
    WEEKDAYS,
    NotUnderstoodError,
    WrongWeekdayError,
    read_day,
    read_month,
)
from search.analysis import fold
from search.languages import languages_with_words
from search.query.parse import QueryPiece, parse

# Folded, in all languages. They have no other meaning.
NAMES_OF_DAYS_AND_MONTHS = frozenset(chain(*MONTHS.values(), *WEEKDAYS.values()))
_DATES = [language.dates for language in languages_with_words() if language.dates]
_WEEKDAY = "|".join(chain(*WEEKDAYS.values()))


def _any(name: str) -> str:
    return "|".join(dates[name] for dates in _DATES if name in dates)


_DAYTIME, _NEXT = _any("daytime"), f"(?:{_any('next')})"
_ARTICLE = f"(?:(?:{_any('article')}) )?"
# The time of a named day: samedi soir, heute Abend, Freitagabend.
_JOINED = "|".join(f"(?<={ending})" for dates in _DATES for ending in dates.get("day_endings", "").split())
_AT_DAYTIME = re.compile(rf"(?:(?<=\w)\s+|{_JOINED})(?:{_DAYTIME})$", re.IGNORECASE)
# Times of day, which the search ignores: samedi 14h, 5 décembre de 9h à 12h30, Freitag 18 bis 20 Uhr.
_HOUR = r"(?:\d{1,2}:\d{2}(?: ?(?:uhr|[ap]\.?m\.?))?|\d{1,2}(?:\.\d{2})? ?(?:h(?: ?\d{2})?|heures?|uhr|[ap]\.?m\.?))"
_UNTIL = rf"(?: ?[-–—] ?| (?:{_any('until')}) )"
_HOURS = rf"(?:(?:{_any('at')}) )?(?:(?:{_HOUR}|\d{{1,2}}){_UNTIL})?{_HOUR}"
_AT_HOURS = re.compile(rf"(?<=\w)[\s,.]+{_HOURS}$|^{_HOURS}[\s,]+(?=\w)", re.IGNORECASE)
# A span from one day to another. The month of the first day may be omitted: du 3 au 5 décembre.
_FROM = re.compile(rf"(?:{_any('from')})\s+", re.IGNORECASE)
_TO = re.compile(_UNTIL, re.IGNORECASE)
_NUMBER_OF_DAY = re.compile(r"(?:(?:le|den|dem|the) )?(\d{1,2})(?:er|st|nd|rd|th|\.)?", re.IGNORECASE)
LONGEST_SPAN = timedelta(days=366)
_KINDS = {
    "today": _any("today"),
    "next_weekend": f"{_NEXT} (?:{_any('weekend')})|{_any('next_weekend')}",
    "weekend": f"{_ARTICLE}(?:{_any('weekend')})",
    "week": _any("week"),
    "next_week": _any("next_week"),
    "month": _any("month"),
    "next_month": _any("next_month"),
    "next_weekday": f"{_NEXT} (?:{{weekday}})|{_any('next_weekday')}",
    "weekday": f"{_ARTICLE}(?:{{weekday}})",
}
_FILLED = {"{weekday}": _WEEKDAY, "{daytime}": _DAYTIME, "{next}": _NEXT}


def _filled(pattern: str) -> str:
    for name, value in _FILLED.items():
        pattern = pattern.replace(name, value)
    return pattern


_IN_WORDS = re.compile("|".join(f"(?P<{name}>{_filled(pattern)})" for name, pattern in _KINDS.items()))
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
# The maximum number of words and characters in a date.
MAX_WORDS, MAX_LENGTH = 9, 100
# These are not dates by themselves: months that are verbs, a turn of phrase, fractions.
_AMBIGUOUS = {*_any("ambiguous").split(), "24/7", "1/2", "1/3", "2/3", "1/4", "3/4"}
# Figures that are a date without a name: 17/11/2026, 2026-11-17, 12/2026, 17.11. and 17/11, but not 2.5.
_FIGURES = re.compile(
    r"\d{1,2}([/.-])\d{1,2}\1\d{4}|\d{4}-\d{2}(?:-\d{2})?|\d{1,2}/\d{4}|\d{1,2}\.\d{1,2}\.|\d{1,2}/\d{1,2}"
)
_ONE_WORD = re.compile(_filled(rf"{_any('weekend')}|{_any('today')}|(?:{_WEEKDAY})(?:{_DAYTIME})?"))
_ELIDED = re.compile(r"^[dl]['’]", re.IGNORECASE)
# Every date contains one of these.
_CLUE = re.compile(rf"\d|{_any('clue')}|{_DAYTIME}|{_WEEKDAY}|{'|'.join(chain(*MONTHS.values()))}")


class QueryDate(NamedTuple):
    """The first and last day of a query, the number of words in the date, and the other pieces."""

    first: date
    last: date
    words: int
    rest: tuple[QueryPiece, ...]


def date_in(text: str, today: date, language: str) -> QueryDate | None:
    """The days in a query, alone or beside other words; None if it has no date."""
    if days := days_in(text, today):
        return QueryDate(*days, len(text.split()), ())
    pieces = parse(text)
    if found := _place_of_date(pieces, today, language):
        begin, end, days = found
        return QueryDate(*days, end - begin, pieces[:begin] + pieces[end:])
    return None


def pieces_of(text: str, today: date, language: str) -> tuple[QueryPiece, ...]:
    """Parse a query. `is_of_date` is set for the pieces of a future date beside other words."""
    pieces = parse(text)
    found = _place_of_date(pieces, today, language)
    # The words of a past date are required, because a text may be about that day.
    if found is None or found[2][1] < today or days_in(text, today):
        return pieces
    begin, end, _days = found
    return (*pieces[:begin], *(replace(piece, is_of_date=True) for piece in pieces[begin:end]), *pieces[end:])


# This is called several times per search.
@lru_cache(maxsize=20)
def _place_of_date(
    pieces: tuple[QueryPiece, ...], today: date, language: str
) -> tuple[int, int, tuple[date, date]] | None:
    words = [_ELIDED.sub("", piece.text.strip(",;:!?()")) if piece.is_word else "" for piece in pieces]
    clues = [place for place, word in enumerate(words) if _CLUE.search(_letters(word)) or _letters(word) in _NEAR]
    for length in range(min(MAX_WORDS, len(words)), 0, -1):
        begins = {place - back for place in clues for back in range(length)}
        for begin in sorted(each for each in begins if 0 <= each <= len(words) - length):
            chosen = words[begin : begin + length]
            is_plain = all(chosen) and not (length > 1 and any("/" in word and word in _AMBIGUOUS for word in chosen))
            if not is_plain or (length == 1 and not _is_date_alone(chosen[0], language)):
                continue
            if days := days_in(" ".join(chosen), today):
                return begin, begin + length, days
    return None


def _is_date_alone(word: str, language: str) -> bool:
    """Whether a single word beside others is a date. A month is, in the reader's language (Mars, August)."""
    letters = _letters(word)
    if word in _AMBIGUOUS or letters in _AMBIGUOUS:
        return False
    is_named = letters in MONTHS.get(language, ()) or letters in _NEAR or _ONE_WORD.fullmatch(letters) is not None
    return is_named or _FIGURES.fullmatch(word) is not None or _is_span_in_figures(word)


def _is_span_in_figures(word: str) -> bool:
    """Whether this is a span in figures, such as 3.-5.12. and 3/12-5/12."""
    first, _dash, last = word.replace("–", "-").rpartition("-")
    dates = [last] if re.fullmatch(r"\d{1,2}\.?", first) else [first, last]
    return all(_FIGURES.fullmatch(each) and each not in _AMBIGUOUS for each in dates)


def _letters(word: str) -> str:
    return "".join(letter for letter in fold(word) if letter.isalnum())


_NEAR = frozenset(map(_letters, NEAR_DAYS))


def days_in(text: str, today: date) -> tuple[date, date] | None:
    """The first and last day of a query that is a date; None if it is not."""
    days = _days_of(text, today) or _span(text, today)
    for besides in (_AT_DAYTIME, _AT_HOURS):
        if days is None and (whole := besides.sub("", text)) != text:
            return days_in(whole, today)
    return days


def _days_of(text: str, today: date) -> tuple[date, date] | None:
    """The days of a single date."""
    days = _days_in_words(text, today)
    if days is None:
        with suppress(NotUnderstoodError):
            days = _month_from(read_month(text, today))
    if days is None:
        try:
            day = read_day(text, today)
            days = day, day
        except WrongWeekdayError:
            # The date counts, not the weekday before it.
            return _days_of(" ".join(text.split()[1:]), today)
        except NotUnderstoodError:
            return None
    return days if FIRST_YEAR <= days[0].year <= LAST_YEAR else None


def _span(text: str, today: date) -> tuple[date, date] | None:
    """The days from one date to another."""
    if len(text) > MAX_LENGTH:
        return None
    begin = found.end() if (found := _FROM.match(text)) else 0
    for between in _TO.finditer(text, begin):
        last = _days_of(text[between.end() :], today)
        first = _first_day(text[begin : between.start()], last, today) if last else None
        if first and last:
            return first, last[1]
    return None


def _first_day(text: str, last: tuple[date, date], today: date) -> date | None:
    """The first day of a span that ends with `last`. A number is a day of the same month or the one before."""
    end = last[1]
    if (number := _NUMBER_OF_DAY.fullmatch(text)) and last[0] == end:
        day = int(number[1])
        month = end if day < end.day else end.replace(day=1) - timedelta(days=1)
        return month.replace(day=day) if 1 <= day <= monthrange(month.year, month.month)[1] else None
    # The day as seen from today, or else the last such day before the end.
    for reference in (today, end - timedelta(days=6), end - timedelta(days=364)):
        days = _days_of(text, reference)
        if days and days[0] < end and end - days[0] <= LONGEST_SPAN:
            return days[0]
    return None


def _days_in_words(text: str, today: date) -> tuple[date, date] | None:
    found = _IN_WORDS.fullmatch(" ".join(fold(word) for word in _HYPHEN.sub(" ", text).split()))
    if found is None:
        return None
    monday = today - timedelta(days=today.weekday())
    match found.lastgroup:
        case "weekday":
            return (day := _coming(found[0], today)), day
        case "next_weekday":
            return (day := _coming(found[0], today + timedelta(days=1))), day
        case "next_week":
            return monday + timedelta(days=7), monday + timedelta(days=13)
        case "next_weekend":
            return monday + timedelta(days=12), monday + timedelta(days=13)
        case "next_month":
            return _month_from((today.replace(day=1) + timedelta(days=31)).replace(day=1))
        case name:
            return days_named(name or "", today)


def _coming(text: str, first: date) -> date:
    names = text.split()
    number = next(number for each in WEEKDAYS.values() for number, name in enumerate(each) if name in names)
    return first + timedelta(days=(number - first.weekday()) % 7)


def _month_from(first: date) -> tuple[date, date]:
    return first, first.replace(day=monthrange(first.year, first.month)[1])
