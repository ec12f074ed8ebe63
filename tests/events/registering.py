"""Builders of events with registration, and the actions of a reader who registers."""

import re
from datetime import UTC, timedelta
from typing import Any

from bs4 import BeautifulSoup
from django.core import mail
from django.utils import timezone

from events.models import EventPage, Occurrence, Registration
from events.records.registrable import Confirmation
from events.recurrence import SINGLE
from events.registration.booking import BookingRequest, register
from tests.builders import SampleSite, fill_in, make_event, work_off

QUESTIONS = [
    {"type": "question", "value": {"label": "Entreprise", "is_required": True, "choices": ""}},
    {"type": "question", "value": {"label": "Repas", "is_required": False, "choices": "Viande\nLégumes"}},
]
WEEKLY = "FREQ=WEEKLY;COUNT=4"


def make_bookable(parent: Any, title: str = "Rencontre du bois", **facts: Any) -> EventPage:
    """Create an event in a fortnight at nine o'clock, with registrations that are confirmed at once."""
    start = (timezone.now() + timedelta(days=14)).astimezone(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    facts = {"start": start, "takes_registrations": True, "capacity": 10, "place": "Maison du bois", **facts}
    facts = {"confirmation": Confirmation.AT_ONCE, **facts}
    return make_event(parent, title, **facts)


def date_of(event: EventPage, number: int = 0) -> Occurrence:
    """A date of an event, fresh from the database."""
    found = Occurrence.objects.filter(event=event).select_related("event", "venue", "seats").order_by("start")
    return found[number]


def book(event: EventPage, who: str, number: int = 0, **facts: Any) -> Registration:
    """Register somebody for a date, as the form does."""
    facts = {"name": who.title(), "language": event.locale.language_code, "consent": "J’accepte.", **facts}
    booking = BookingRequest(address=f"{who}@portal.example", **facts)
    return register(date_of(event, number), booking, timezone.now())


def form_path(ground: SampleSite, event: EventPage, key: str = SINGLE) -> str:
    return f"/{event.locale.language_code}/_registration/{event.pk}/{key}/"


def apply(ground: SampleSite, event: EventPage, who: str = "anna", key: str = SINGLE, **answers: Any) -> Any:
    """Fill in the form and send it, as a reader of the site."""
    answers = {"name": who.title(), "address": f"{who}@portal.example", "consent": "on", **answers}
    return fill_in(ground.reader(), form_path(ground, event, key), **answers)


def sent_mails(to: str = "") -> list[Any]:
    """Run the queue and return the sent emails; earlier emails are discarded."""
    mail.outbox.clear()
    work_off()
    return [each for each in mail.outbox if not to or each.to == [f"{to}@portal.example"]]


def link_in(message: Any) -> str:
    """The path of the link in an email to change or cancel."""
    return re.search(r"https?://[^/\s]+(/\S+/_registration/own/\S+)", message.body)[1]


def states() -> dict[str, str]:
    return {each.same_address.partition("@")[0]: each.state for each in Registration.objects.all()}


def html(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")
