"""The date that a query is, or has beside other words: a day, a week or a month, in figures or in words."""

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
from search.query.parse import QueryPiece, parse

# Folded, in the three languages; nobody means another word by them.
NAMES_OF_DAYS_AND_MONTHS = frozenset(chain(*MONTHS, *WEEKDAYS))

_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_THIS = r"(?:(?:le|ce|am|an diesem|diesen|dieses|on|this|the|on the|at the) )?"
_NEXT = r"(?:(?:le|la|am|im|in der) )?(?:prochaine?|nachste[nrs]?|naechste[nrs]?|kommende[nrs]?|next|coming)"
_WEEKDAY = "|".join(chain(*WEEKDAYS))
_DAYTIME = (
    r"matin|midi|apr[eè]s[- ]midi|soir|"
    r"morgen|fr(?:ü|ue?)h|vormittag|mittag|nachmittag|abend|morning|afternoon|evening|night"
)
# The time of a day that is named: samedi soir, heute Abend, Freitagabend.
_AT_DAYTIME = re.compile(rf"(?:(?<=\w)\s+|(?<=tag)|(?<=woch))(?:{_DAYTIME})$", re.IGNORECASE)
_IN_WORDS = re.compile(
    rf"(?P<today>(?:ce|cet|cette|this) (?:{_DAYTIME}|soiree|nuit)|tonight)"
    rf"|(?P<next_weekend>{_NEXT} (?:week ?end|wochenende)|(?:le )?week ?end prochain)"
    rf"|{_THIS}(?P<weekend>week ?end|wochenende)"
    r"|(?P<week>cette semaine|(?:in )?dieser? woche|this week)"
    rf"|(?P<next_week>(?:la )?semaine prochaine|{_NEXT} (?:woche|week))"
    r"|(?P<month>ce mois(?: ci)?|(?:in )?diese[mnr] monat|this month)"
    rf"|(?P<next_month>(?:le )?mois prochain|{_NEXT} (?:monat|month))"
    rf"|(?P<next_weekday>{_NEXT} (?:{_WEEKDAY})|(?:le )?(?:{_WEEKDAY}) prochain)"
    rf"|(?P<weekday>{_THIS}(?:{_WEEKDAY}))"
)


# So many words may make a date.
MAX_WORDS = 6
_LANGUAGES = ("fr", "de", "en")
# What is a date only with more words, or not at all: months that are verbs, a turn of phrase, fractions.
_OTHER_WORDS = frozenset("may march 24/7 1/2 1/3 2/3 1/4 3/4".split())  # noqa: SIM905
# Figures that are a date without a name: 17/11/2026, 2026-11-17, 12/2026, 17.11. and 17/11, but not 2.5.
_FIGURES = re.compile(
    r"\d{1,2}([/.-])\d{1,2}\1\d{4}|\d{4}-\d{2}(?:-\d{2})?|\d{1,2}/\d{4}|\d{1,2}\.\d{1,2}\.|\d{1,2}/\d{1,2}"
)
_ONE_WORD = re.compile(rf"weekend|wochenende|tonight|(?:{_WEEKDAY})(?:{_DAYTIME})?")
_ELIDED = re.compile(r"^[dl]['’]", re.IGNORECASE)
# No date is without one of these.
_CLUE = re.compile(
    rf"\d|semaine|woche|week|mois|monat|month|nuit|tonight|{_DAYTIME}|{_WEEKDAY}|{'|'.join(chain(*MONTHS))}"
)


class DateAsked(NamedTuple):
    """The first and the last day that a query asks for; `words` is how many words say so, `rest` are the others."""

    first: date
    last: date
    words: int
    rest: tuple[QueryPiece, ...]


def date_asked(text: str, today: date, language: str) -> DateAsked | None:
    """The days that a query in a language asks for, alone or beside other words; None if it has no date."""
    if days := days_asked(text, today):
        return DateAsked(*days, len(text.split()), ())
    pieces = parse(text)
    if found := _date_in(pieces, today, language):
        begin, end, days = found
        return DateAsked(*days, end - begin, pieces[:begin] + pieces[end:])
    return None


def pieces_of(text: str, today: date, language: str) -> tuple[QueryPiece, ...]:
    """The pieces of a query, of which those of a coming date beside other words are marked."""
    pieces = parse(text)
    found = _date_in(pieces, today, language)
    # A day that is over may be what a text is about.
    if found is None or found[2][1] < today:
        return pieces
    begin, end, _days = found
    if days_asked(text, today):
        return pieces
    return (*pieces[:begin], *(replace(piece, is_of_date=True) for piece in pieces[begin:end]), *pieces[end:])


# Asked several times within one search.
@lru_cache(maxsize=20)
def _date_in(pieces: tuple[QueryPiece, ...], today: date, language: str) -> tuple[int, int, tuple[date, date]] | None:
    """Where the longest date begins and ends among the pieces, and its days."""
    words = [_ELIDED.sub("", piece.text.strip(",;:!?()")) if piece.is_word else "" for piece in pieces]
    clues = [place for place, word in enumerate(words) if _CLUE.search(_letters(word)) or _letters(word) in _NEAR]
    for length in range(min(MAX_WORDS, len(words)), 0, -1):
        begins = {place - back for place in clues for back in range(length)}
        for begin in sorted(each for each in begins if 0 <= each <= len(words) - length):
            chosen = words[begin : begin + length]
            is_plain = all(chosen) and not (length > 1 and any("/" in word and word in _OTHER_WORDS for word in chosen))
            if not is_plain or (length == 1 and not _is_date_alone(chosen[0], language)):
                continue
            if days := days_asked(" ".join(chosen), today):
                return begin, begin + length, days
    return None


def _is_date_alone(word: str, language: str) -> bool:
    """Whether one word beside others is a date; a month is, in the language of the reader (Mars, August)."""
    letters = _letters(word)
    if word in _OTHER_WORDS or letters in _OTHER_WORDS:
        return False
    months = MONTHS[_LANGUAGES.index(language)] if language in _LANGUAGES else ()
    is_named = letters in months or letters in _NEAR or _ONE_WORD.fullmatch(letters) is not None
    return is_named or _FIGURES.fullmatch(word) is not None


def _letters(word: str) -> str:
    return "".join(letter for letter in fold(word) if letter.isalnum())


_NEAR = frozenset(map(_letters, NEAR_DAYS))


def days_asked(text: str, today: date) -> tuple[date, date] | None:
    """The first and the last day of what a query asks for; None if it is no date."""
    days = _days_in_words(text, today)
    if days is None and (whole := _AT_DAYTIME.sub("", text)) != text:
        return days_asked(whole, today)
    if days is None:
        with suppress(NotUnderstoodError):
            days = _month_from(read_month(text, today))
    if days is None:
        try:
            day = read_day(text, today)
            days = day, day
        except WrongWeekdayError:
            # The figures are what is meant, if nothing follows them.
            return days_asked(" ".join(text.split()[1:]), today)
        except NotUnderstoodError:
            return None
    return days if FIRST_YEAR <= days[0].year <= LAST_YEAR else None


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
    """The day of the week that a text names, on or after the first day."""
    names = text.split()
    number = next(number for each in WEEKDAYS for number, name in enumerate(each) if name in names)
    return first + timedelta(days=(number - first.weekday()) % 7)


def _month_from(first: date) -> tuple[date, date]:
    return first, first.replace(day=monthrange(first.year, first.month)[1])
