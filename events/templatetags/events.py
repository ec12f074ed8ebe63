"""The words that the templates of events use."""

from datetime import date, datetime, time

from django import template

from events.date_words import clock as clock_words, day_words
from events.models import Occurrence
from events.registration.seating import Seating, seating_of

register = template.Library()


@register.filter
def clock(moment: time | None) -> str:
    """An hour as the active language writes it."""
    return clock_words(moment) if moment else ""


@register.filter
def weekday_and_day(day: date | None) -> str:
    """A day with its weekday, in the active language."""
    return day_words(day) if day else ""


@register.simple_tag
def seating(date: Occurrence | None, now: datetime) -> Seating | None:
    """The places of a date, where one can register for it here."""
    return seating_of(date, now) if date else None
