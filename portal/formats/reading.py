"""Parses dates and times as people write them, in the languages of the newsroom and the installation.

`portal/overrides/static/wagtailadmin/js/date-time-chooser.js` does the same in the browser;
`tests/platform/typed_dates.json` tests both. Pure: today is an argument.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from django.conf import settings

from portal.formats.words import locale_of

# No date is longer. `split_span` parses a text again for each dash in it.
LONGEST = 100


def _plain(text: str) -> str:
    """Lower case without accents, with single spaces; empty for a text too long for a date."""
    if len(text) > LONGEST:
        return ""
    letters = unicodedata.normalize("NFD", text.replace("’", "'"))
    return " ".join("".join(each for each in letters if not unicodedata.combining(each)).lower().split())


_LANGUAGES = dict.fromkeys(("fr", "de", "en", *(code.partition("-")[0] for code, _name in settings.LANGUAGES)))
# By language: “de gener” without its preposition, “segunda-feira” without its second half.
MONTHS = {
    code: tuple(re.split("[ ']", _plain(name))[-1] for name in locale_of(code).months["format"]["wide"].values())
    for code in _LANGUAGES
}
WEEKDAYS = {
    code: tuple(
        _plain(name).partition("-")[0] for _number, name in sorted(locale_of(code).days["format"]["wide"].items())
    )
    for code in _LANGUAGES
}
NEAR_DAYS = {
    "aujourd'hui": 0, "heute": 0, "today": 0,
    "demain": 1, "morgen": 1, "tomorrow": 1,
    "apres-demain": 2, "apres demain": 2, "ubermorgen": 2, "uebermorgen": 2, "the day after tomorrow": 2,
}  # fmt: skip
PAST_DAYS = {
    "hier": -1, "gestern": -1, "yesterday": -1,
    "avant-hier": -2, "avant hier": -2, "vorgestern": -2, "the day before yesterday": -2,
}  # fmt: skip
# Slightly less than a year, so that the same day last year is the past one.
A_YEAR = timedelta(days=364)
HALF_A_YEAR = timedelta(days=182)
NOON = {"midi", "mittag", "mittags", "noon"}
AT = r"(?:(?:a|at|um|vers|gegen|de|von|from)\s+)?"
ARTICLE = re.compile(r"(?:le|am|den|dem|on|the|ce|diesen|this)\s+")
# “vendredi prochain”, “nächsten Freitag”.
COMING = re.compile(
    r"(?:(?:n[ae]+chste[nrsm]?|kommende[nrsm]?|next|coming)\s+([a-z]{3,})\.?|([a-z]{3,})\.?\s+prochain)(?=$|[\s,])"
)
# “ce vendredi”, which may be today.
THIS = re.compile(r"(?:ce|diesen|this)\s+([a-z]{3,})\.?(?=$|[\s,])")
WEEKDAY = re.compile(r"([a-z]{2,})\.?,?\s+")
ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)")
# “1.12. 18 Uhr” has no year, “1. 12. 2018” has one.
FIGURES = re.compile(r"(?P<day>\d{1,2})\s*([/.])\s*(?P<month>\d{1,2})\s*\2(?P<year>\s*\d{4}|\d{2})(?!\d)")
# “01-12-26” might begin with a year.
DASHES = re.compile(r"(?P<day>\d{1,2})-(?P<month>\d{1,2})-(?P<year>\d{4})(?!\d)")
SHORT = re.compile(r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})\.?(?=$|[\s,])")
# “18 dec 26” has a two-digit year. A number that may be an hour is one, as in “18 dec 14” or “18 dec 14 à 17h”.
YEAR = r"(?:\s+(?P<year>\d{4}(?!\d)|(?:2[4-9]|[3-9]\d)(?=$|[\s,])))?"
NAMED = re.compile(
    r"(?P<day>\d{1,2})(?:er|st|nd|rd|th|\.)?\s*(?:of\s+)?(?P<name>[a-z]{3,})\.?,?" + YEAR + r"(?=$|[\s,])"
)
NAME_FIRST = re.compile(r"(?P<name>[a-z]{3,})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?" + YEAR + r"(?=$|[\s,])")
MONTH = re.compile(r"(?:(?:en|im|in)\s+)?(?P<name>[a-z]{3,})(?:\s+(?P<year>\d{4}))?")
MONTH_IN_FIGURES = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})|(?P<first>\d{1,2})/(?P<last>\d{4})")
HOUR_FOLLOWS = re.compile(r"(?:t|[\s,]+" + AT + ")")
# “mardi 9” may be a day of the month.
HOUR_FOLLOWS_WEEKDAY = re.compile(AT + r"(?:\d{1,2}\s*(?:[:h]|uhr|heures?|hrs?|[ap]\.?m\.?)|(?:midi|mittags?|noon)$)")
HOUR = re.compile(
    r"(?P<hour>\d{1,2})(?:\s*(?P<sign>[:.h])\s*(?P<minute>\d{2})(?::\d{2})?)?\s*"
    r"(?P<unit>h|uhr|heures?|hrs?|[ap]\.?m\.?)?(?:\s*(?P<rest>\d{2}))?"
)

UNTIL = re.compile(r"\s*[-–—]\s*|\s+(?:a|au|jusqu'a|bis|to|until|till)\s+")
HOUR_WITHOUT_HALF = re.compile(r"(?<![\d.:/])(\d{1,2})(?::\d{2})?$")
# “2027-12-18T14:00:00-05:00”: a machine-written time with a negative UTC offset.
OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}(?:t\d{2}:?\d{2}(?::?\d{2})?|\s\d{2}:\d{2}:\d{2})-(?:0\d|1[0-4])(?::?\d{2})?")
HOUR_ALONE = re.compile(r"(0?[1-9]|1[0-2])(?:[:.](\d{2}))?")
HALF_OF_THE_DAY = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap])\.?m\.?$")


class NotUnderstoodError(ValueError):
    """The text is not a date, or is ambiguous."""


class NoSuchDayError(NotUnderstoodError):
    """The month has only `days` days; `year` is None if that holds for every year."""

    def __init__(self, month: int, year: int | None):
        self.month, self.year = month, year
        self.days = 29 if month == 2 and year is None else monthrange(year or 2024, month)[1]
        super().__init__(month, year)


class WrongWeekdayError(NotUnderstoodError):
    """The text names a weekday other than that of `day`."""

    def __init__(self, day: date):
        self.day = day
        super().__init__(day)


def read_day(text: str, today: date) -> date:
    """Parse a day. A day without a year is the next such day, including `today`. Raises NotUnderstoodError."""
    day, rest = _day(_plain(text), today)
    if rest:
        raise NotUnderstoodError(text)
    return day


def read_past_day(text: str, today: date) -> date:
    """Parse a day. A day without a year is the last such day, including `today`. Raises NotUnderstoodError."""
    if (days := PAST_DAYS.get(_plain(text))) is not None:
        return today + timedelta(days=days)
    refused, day, earlier = None, None, None
    try:
        day = read_day(text, today)
    except WrongWeekdayError as error:
        refused = error
    if day and day <= today:
        return day
    with suppress(NotUnderstoodError):
        earlier = read_day(text, today - A_YEAR)
    if earlier and earlier <= today and (day is None or (day.month, day.day) == (earlier.month, earlier.day)):
        return earlier
    if day is None:
        raise refused or NotUnderstoodError(text)
    return day


def read_month(text: str, today: date) -> date:
    """Parse a month as text, `2026-12` or `12/2026`; return its first day. Raises NotUnderstoodError.

    A month without a year is the next such month, including that of `today`.
    """
    plain = _plain(text)
    if found := MONTH_IN_FIGURES.fullmatch(plain):
        number, year = int(found["month"] or found["first"]), found["year"] or found["last"]
    elif found := MONTH.fullmatch(plain):
        number, year = next((each + 1 for each, name in _names(MONTHS) if name == found["name"]), 0), found["year"]
    else:
        raise NotUnderstoodError(text)
    if not 1 <= number <= 12 or (year and int(year) < 1):
        raise NotUnderstoodError(text)
    return date(int(year) if year else today.year + (number < today.month), number, 1)


def read_day_near(text: str, other: date, today: date) -> date:
    """Parse a day. A day without a year is the one closest to `other`. Raises NotUnderstoodError."""
    refused, day, closest = None, None, None
    try:
        day = read_day(text, today)
    except WrongWeekdayError as error:
        refused = error
    with suppress(NotUnderstoodError):
        closest = read_day(text, other - HALF_A_YEAR)
    # “Tomorrow” would be another day.
    if closest and (day is None or (day.month, day.day) == (closest.month, closest.day)):
        return closest
    if day is None:
        raise refused or NotUnderstoodError(text)
    return day


def read_date_and_time(text: str, today: date) -> datetime:
    """Parse a day with a time as a naive value. A day without a time starts at midnight. Raises NotUnderstoodError."""
    day, rest = _day(_plain(text), today)
    if not rest:
        return datetime.combine(day, time())
    between = HOUR_FOLLOWS.match(rest)
    if between is None:
        raise NotUnderstoodError(text)
    return datetime.combine(day, _hour(rest[between.end() :]))


def read_hour(text: str) -> time:
    return _hour(_plain(text))


def split_span(text: str, today: date) -> tuple[str, str] | None:
    """Split “18 décembre 14h-17h” into start and end.

    The start is a day with a time; the end is either a time or also a day with a time.
    """
    plain = _plain(text)
    if OFFSET.fullmatch(plain):
        return None
    for between in reversed(list(UNTIL.finditer(plain))):
        start, end = plain[: between.start()], plain[between.end() :]
        first, last = HOUR_WITHOUT_HALF.search(start), HALF_OF_THE_DAY.search(end)
        if first and last and int(first[1]) % 12 <= int(last[1]) % 12:
            # “2-5 pm” starts in the afternoon; “11-1 pm” does not.
            start += f"{last[3]}m"
        if (begins := HALF_OF_THE_DAY.search(start)) and (ends := HOUR_ALONE.fullmatch(end)):
            # The first such hour after the start: “2pm-5” ends in the afternoon, and so does “9am-1”.
            other = "am" if begins[3] == "p" else "pm"
            end += f"{begins[3]}m" if _minutes_in_half(ends) > _minutes_in_half(begins) else other
        if _is_date_and_time(start, today) and (_is_hour(end) or _is_date_and_time(end, today)):
            return start, end
    return None


def _minutes_in_half(hour: re.Match[str]) -> int:
    """The minutes since midnight or noon."""
    return int(hour[1]) % 12 * 60 + int(hour[2] or 0)


def _is_date_and_time(text: str, today: date) -> bool:
    try:
        _day_part, rest = _day(text, today)
        read_date_and_time(text, today)
    except NotUnderstoodError:
        return False
    return bool(rest)


def _is_hour(text: str) -> bool:
    try:
        _hour(text)
    except NotUnderstoodError:
        return False
    return True


def _day(text: str, today: date) -> tuple[date, str]:
    """The day at the start of the text, and the rest of the text."""
    for words, days in NEAR_DAYS.items():
        if text == words or text.startswith((f"{words} ", f"{words},")):
            return today + timedelta(days=days), text[len(words) :]
    if (named := THIS.match(text)) and (number := _weekday(named[1])) is not None:
        rest = text[named.end() :]
        if not rest or HOUR_FOLLOWS_WEEKDAY.match(rest.lstrip(" ,")):
            return _weekday_from(today, number), rest
    text = _without_article(text)
    if (named := COMING.match(text)) and (number := _weekday(named[1] or named[2])) is not None:
        return _weekday_from(today + timedelta(days=1), number), text[named.end() :]
    word = WEEKDAY.match(text)
    weekdays = {number for number, name in _names(WEEKDAYS) if word and name.startswith(word[1])}
    if word and weekdays:
        # “mar” is Tuesday in “mar 1/12”, but March in “Mar 1 2026”.
        found = _dated(_without_article(text[word.end() :]), today)
        if found and found[0].weekday() not in weekdays:
            raise WrongWeekdayError(found[0])
        if found:
            return found
    if (coming := _coming_weekday(text, today)) is not None:
        return coming
    found = _dated(text, today)
    if found is None:
        raise NotUnderstoodError(text)
    return found


def _coming_weekday(text: str, today: date) -> tuple[date, str] | None:
    """The next such weekday after today, if the text is a weekday and a time.

    A weekday alone is not accepted: it may be the start of a date. The weekday must be written out, because “mar 9” is
    in March.
    """
    word = WEEKDAY.match(text)
    numbers = {number for number, name in _names(WEEKDAYS) if word and name == word[1]}
    if word is None or not numbers or not HOUR_FOLLOWS_WEEKDAY.match(text[word.end() :]):
        return None
    return _weekday_from(today + timedelta(days=1), numbers.pop()), f" {text[word.end() :]}"


def _weekday_from(first: date, number: int) -> date:
    return first + timedelta(days=(number - first.weekday()) % 7)


def _weekday(name: str) -> int | None:
    """The number of a weekday by its name or abbreviation."""
    found = {number for number, each in _names(WEEKDAYS) if each.startswith(name)}
    return found.pop() if len(found) == 1 else None


def _without_article(text: str) -> str:
    article = ARTICLE.match(text)
    return text[article.end() :] if article else text


def _dated(text: str, today: date) -> tuple[date, str] | None:
    for pattern in (ISO, FIGURES, DASHES, SHORT, NAMED, NAME_FIRST):
        if found := pattern.match(text):
            parts = found.groupdict()
            month = int(parts["month"]) if "month" in parts else _month(parts["name"])
            year = (parts.get("year") or "").strip() or None
            if 1 <= month <= 12 and (day := int(parts["day"])):
                return _date(f"20{year}" if year and len(year) == 2 else year, month, day, today), text[found.end() :]
    return None


def _month(name: str) -> int:
    """The number of a month by its name or abbreviation; 0 for no month, and for “jui”, which is ambiguous."""
    found = {number + 1 for number, month in _names(MONTHS) if month.startswith(name)}
    return found.pop() if len(found) == 1 else 0


def _names(languages: dict[str, tuple[str, ...]]) -> Iterator[tuple[int, str]]:
    for names in languages.values():
        yield from enumerate(names)


def _date(year: str | None, month: int, day: int, today: date) -> date:
    if year is None:
        # 29 February may be eight years away.
        for each in range(today.year, today.year + 9):
            if day <= monthrange(each, month)[1] and (found := date(each, month, day)) >= today:
                return found
        raise NoSuchDayError(month, None)
    number = int(year)
    if number < 1:
        raise NotUnderstoodError(year)
    if day > monthrange(number, month)[1]:
        raise NoSuchDayError(month, number)
    return date(number, month, day)


def _hour(text: str) -> time:
    if text in NOON:
        return time(12)
    found = HOUR.fullmatch(text)
    if found is None:
        raise NotUnderstoodError(text)
    hour, unit = int(found["hour"]), (found["unit"] or "").replace(".", "")
    minutes = [each for each in (found["minute"], found["rest"]) if each]
    has_unit_twice = found["sign"] == "h" and unit.startswith("h")
    if has_unit_twice or (found["rest"] and not unit.startswith(("h", "uhr"))):
        raise NotUnderstoodError(text)
    if unit in ("am", "pm"):
        if not 1 <= hour <= 12:
            raise NotUnderstoodError(text)
        hour = hour % 12 + (12 if unit == "pm" else 0)
    if hour > 23 or len(minutes) > 1 or int((minutes or ["0"])[0]) > 59:
        raise NotUnderstoodError(text)
    return time(hour, int((minutes or ["0"])[0]))
