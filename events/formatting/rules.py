"""Describes a recurrence rule in the active language: `every week on Monday until 30 June 2027`."""

from django.utils.dates import WEEKDAYS
from django.utils.text import get_text_list
from django.utils.translation import gettext as _, ngettext, pgettext

from events.recurrence import DAYS, Rule, RuleError
from portal.formats.words import in_words

WORKING_DAYS = "MO,TU,WE,TH,FR"


def format_rule(text: str) -> str:
    """Describe a rule in the active language. Rules that cannot be described are returned unchanged."""
    if not text:
        return ""
    try:
        rule = Rule.parse(text)
    except RuleError:
        return text
    return f"{_pattern_text(rule) or rule.pattern}{_end_text(rule)}"


def format_pattern(text: str) -> str:
    """Describe a valid rule without its end."""
    return _pattern_text(Rule.parse(text)) or Rule.parse(text).pattern


def _pattern_text(rule: Rule) -> str:
    parts = dict(rule.parts)
    if rule.period == "DAILY" and not parts:
        return ngettext("every day", "every %(n)d days", rule.interval) % {"n": rule.interval}
    if rule.period == "WEEKLY" and parts.keys() <= {"BYDAY"}:
        return _weekly_text(rule.interval, parts.get("BYDAY", ""))
    if rule.period == "MONTHLY" and not parts:
        return ngettext("every month", "every %(n)d months", rule.interval) % {"n": rule.interval}
    if rule.period == "MONTHLY" and len(parts) == 1:
        return _monthly_text(rule.interval, *next(iter(parts.items())))
    if rule.period == "YEARLY" and not parts:
        return ngettext("every year", "every %(n)d years", rule.interval) % {"n": rule.interval}
    return ""


def _weekly_text(interval: int, days: str) -> str:
    if not days:
        return ngettext("every week", "every %(n)d weeks", interval) % {"n": interval}
    if days == WORKING_DAYS and interval == 1:
        return _("from Monday to Friday")
    named = [str(WEEKDAYS[DAYS.index(day)]) for day in days.split(",") if day in DAYS]
    if len(named) != len(days.split(",")):
        return ""
    words = get_text_list(named, _("and"))
    return ngettext("every week on %(days)s", "every %(n)d weeks on %(days)s", interval) % {
        "days": words,
        "n": interval,
    }


def _monthly_text(interval: int, name: str, value: str) -> str:
    what = ""
    if name == "BYMONTHDAY" and value == "-1":
        what = _("on the last day")
    elif name == "BYMONTHDAY" and value.isdigit():
        what = _("on day %(number)s") % {"number": value}
    elif name == "BYDAY" and value[-2:] in DAYS:
        rank = weekday_ranks().get(value[:-2])
        what = _("on the %(rank)s %(day)s") % {"rank": rank, "day": WEEKDAYS[DAYS.index(value[-2:])]} if rank else ""
    if not what:
        return ""
    return ngettext("every month %(what)s", "every %(n)d months %(what)s", interval) % {"what": what, "n": interval}


def weekday_ranks() -> dict[str, str]:
    """Return the ordinals of a weekday within its month, by their number in BYDAY."""
    return {
        "1": pgettext("weekday of a month", "first"),
        "2": pgettext("weekday of a month", "second"),
        "3": pgettext("weekday of a month", "third"),
        "4": pgettext("weekday of a month", "fourth"),
        "5": pgettext("weekday of a month", "fifth"),
        "-1": pgettext("weekday of a month", "last"),
    }


def _end_text(rule: Rule) -> str:
    if rule.until:
        return _(" until %(day)s") % {"day": in_words(rule.until)}
    if rule.count:
        return ngettext(", once", ", %(n)d times", rule.count) % {"n": rule.count}
    return ""
