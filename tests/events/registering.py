"""Events that one registers for, and how readers do."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from bs4 import BeautifulSoup
from django.core import mail
from django.utils import timezone

from events.models import EventPage, Occurrence, Registration
from events.recurrence import SINGLE
from events.registration.booking import Wish, register
from tests.builders import Ground, fill_in, make_event, work_off

QUESTIONS = [
    {"type": "question", "value": {"label": "Entreprise", "is_required": True, "choices": ""}},
    {"type": "question", "value": {"label": "Repas", "is_required": False, "choices": "Viande\nLégumes"}},
]
WEEKLY = "FREQ=WEEKLY;COUNT=4"


def make_bookable(parent: Any, title: str = "Rencontre du bois", **facts: Any) -> EventPage:
    """An event with its own registration, in a fortnight at nine o'clock."""
    start = (timezone.now() + timedelta(days=14)).astimezone(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    facts = {"start": start, "takes_registrations": True, "capacity": 10, "place": "Maison du bois", **facts}
    return make_event(parent, title, **facts)


def date_of(event: EventPage, number: int = 0) -> Occurrence:
    """A date of an event as it is now in the database."""
    found = Occurrence.objects.filter(event=event).select_related("event", "venue", "seats").order_by("start")
    return found[number]


def book(event: EventPage, who: str, number: int = 0, **facts: Any) -> Registration:
    """Register somebody for a date, as the form does."""
    facts = {"name": who.title(), "language": event.locale.language_code, "consent": "J’accepte.", **facts}
    wish = Wish(address=f"{who}@portal.example", **facts)
    return register(date_of(event, number), wish, timezone.now())


def form_path(ground: Ground, event: EventPage, key: str = SINGLE) -> str:
    return f"/{event.locale.language_code}/_registration/{event.pk}/{key}/"


def apply(ground: Ground, event: EventPage, who: str = "anna", key: str = SINGLE, **answers: Any) -> Any:
    """Fill in the form and send it, as a reader of the site."""
    answers = {"name": who.title(), "address": f"{who}@portal.example", "consent": "on", **answers}
    return fill_in(ground.reader(), form_path(ground, event, key), **answers)


def letters(to: str = "") -> list[Any]:
    """What was posted since the last time that somebody looked."""
    mail.outbox.clear()
    work_off()
    return [each for each in mail.outbox if not to or each.to == [f"{to}@portal.example"]]


def link_in(letter: Any) -> str:
    """The path by which somebody changes or cancels."""
    return re.search(r"https?://[^/\s]+(/\S+/_registration/own/\S+)", letter.body)[1]


def states() -> dict[str, str]:
    return {each.same_address.partition("@")[0]: each.state for each in Registration.objects.all()}


def html(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def moment(day: int, hour: int = 9) -> datetime:
    return datetime(2027, 3, day, hour, tzinfo=UTC)
