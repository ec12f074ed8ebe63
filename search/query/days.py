"""A query that is nothing but a date: a day, a week or a month, in figures or in words, as people write them."""

import re
from calendar import monthrange
from contextlib import suppress
from datetime import date, timedelta
from itertools import chain

from events.clock import FIRST_YEAR, LAST_YEAR
from events.dating import days_named
from portal.formats.reading import MONTHS, WEEKDAYS, NotUnderstoodError, WrongWeekdayError, read_day, read_month
from search.analysis import fold

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
