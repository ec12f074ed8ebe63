"""Helpers that propose an event as a reader does."""

import re
from datetime import timedelta
from typing import Any

from bs4 import BeautifulSoup
from django.core import mail
from django.utils import timezone

from events.models import Proposal
from tests.builders import SampleSite, fill_in, work_off

DAYS = [timezone.localdate() + timedelta(days=days) for days in (30, 37)]
ANSWERS = {
    "title": "Portes ouvertes de la scierie",
    "dates-0-day": DAYS[0].isoformat(),
    "dates-0-start": "14:00",
    "dates-0-end": "18:00",
    "dates-1-day": DAYS[1].isoformat(),
    "dates-1-start": "10:00",
    "dates-1-end": "12:00",
    "place": "Scierie Klein, Épinal",
    "standfirst": "Venez voir le bois devenir une charpente.",
    "text": "Première partie.\n\nSeconde partie.",
    "website": "https://scierie.example/",
    "organisation": "Scierie Klein",
    "name": "Anna Klein",
    "address": "anna@portal.example",
    "consent": "on",
}


def take_proposals(ground: SampleSite) -> SampleSite:
    calendar = ground.calendar
    calendar.takes_proposals = True
    calendar.save()
    return ground


def form_path(ground: SampleSite, rest: str = "") -> str:
    return f"/{ground.language}/_proposals/{ground.calendar.pk}/{rest}"


def propose(ground: SampleSite, rest: str = "", **answers: Any) -> Any:
    """Fill in the form and send it, as a reader of the site; an answer of None is left out."""
    sent = {name: value for name, value in {**ANSWERS, **answers}.items() if value is not None}
    return fill_in(ground.reader(), form_path(ground, rest), **sent)


def sent_mails() -> list[Any]:
    mail.outbox.clear()
    work_off()
    return list(mail.outbox)


def link_in(message: Any) -> str:
    """The path of the sender's link in a mail."""
    return re.search(r"https?://[^/\s]+(/\S+/_proposals/own/\S+)", message.body)[1]


def proposed(ground: SampleSite, **answers: Any) -> str:
    """Send a proposal and confirm it; return the path of its sender's link."""
    assert propose(ground, **answers).status_code == 303
    link = link_in(sent_mails()[-1])
    assert ground.reader().post(link, {"action": "confirm"}).status_code == 303
    return link


def html(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def states() -> list[str]:
    return list(Proposal.objects.order_by("pk").values_list("state", flat=True))
