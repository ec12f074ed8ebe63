"""A reader registers for an event, is reminded a day before, and gets a letter that was sent back once."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.editing.test_review import APPROVER, ORGANISER
from tests.journeys.mailbox import link_in
from tests.journeys.newsroom import resume_session
from tests.journeys.pages import accessibility_violations

PHONE = {"width": 390, "has_touch": True, "is_mobile": True}
# It begins in 20 hours, so its reminder was due four hours ago.
EVENT = """
from datetime import timedelta
from django.contrib.auth import get_user_model
from django.utils import timezone
from events.models import CalendarPage, EventPage
owner = get_user_model().objects.get(username="organiser-lorraine")
calendar = next(page for page in CalendarPage.objects.live() if page.permissions_for_user(owner).can_add_subpage())
start = (timezone.now() + timedelta(hours=20)).replace(second=0, microsecond=0)
texts = {{"title": {title!r}, "slug": {slug!r}, "locale": calendar.locale, "place": "Halle de Mirecourt"}}
facts = {{"takes_registrations": True, "reminder_hours": 24, "reminder_note": "Prenez un coussin."}}
event = calendar.add_child(
    instance=EventPage(owner=owner, live=False, start=start, end=start + timedelta(hours=2), **texts, **facts)
)
event.save_revision().publish()
print(event.full_url, event.pk)
"""
# The reader registered two days ago, before the reminder was due.
TWO_DAYS_LATER = """
from datetime import timedelta
from django.utils import timezone
from events.records import Registration
from events.registration.reminders import send_reminders
before = timezone.now() - timedelta(days=2)
Registration.objects.filter(event={key}).update(registered_at=before, last_mailed_at=before)
send_reminders(timezone.now())
"""
SUBJECT = "Veillée : l’entrée change"
REMARK = "Donnez le nom de la rue."


@pytest.fixture
def event(server, run_on_server) -> tuple[str, str, str]:
    """Title, public address and key of an event that takes registrations."""
    number = uuid4().hex[:8]
    title = f"Veillée des luthiers {number}"
    address, key = run_on_server(EVENT.format(title=title, slug=f"veillee-{number}")).split()
    return title, address, key


def register(reader: Page, address: str, mail: str, mailbox) -> str:
    """Register and confirm; return the link in the mail."""
    reader.goto(address)
    reader.locator(".seating__action a").tap()
    reader.get_by_label("Nom", exact=True).fill("Odile Marchal")
    reader.locator("#id_address").fill(mail)
    reader.locator("[name=consent]").check()
    # A form that is sent at once is refused.
    reader.wait_for_timeout(2500)
    reader.locator("main form button[type=submit]").last.tap()
    expect(reader).to_have_url(re.compile("/sent/$"))
    link = link_in(mailbox.wait_for(mail, lambda text: "/own/" in text), "/own/")
    reader.goto(link)
    reader.locator("button[value=confirm]").tap()
    expect(reader.get_by_role("status")).to_be_visible()
    return link


def test_registered_reader_is_reminded_a_day_before(event, visit, mailbox, run_on_server):
    title, address, key = event
    reader, mail = visit(**PHONE), "rappel@reader.example"
    register(reader, address, mail, mailbox)

    run_on_server(TWO_DAYS_LATER.format(key=key))
    reminder = mailbox.wait_for(mail, lambda text: text.startswith("Rappel") and title in text)
    assert "Prenez un coussin." in reminder
    reader.goto(link_in(reminder, "/own/"))

    expect(reader.get_by_role("heading", level=1)).to_have_text(title)
    expect(reader.locator(".own-state")).to_contain_text("Vous avez 1 place")
    assert accessibility_violations(reader) == []


def test_letter_that_was_sent_back_is_corrected_and_arrives(event, server, visit, mailbox):
    title, address, key = event
    reader, organiser, approver, mail = visit(**PHONE), visit(), visit(), "lettre@reader.example"
    register(reader, address, mail, mailbox)

    resume_session(organiser, server, "organiser-lorraine")
    organiser.goto(f"{server}/admin/events/registrations/{key}/letters/")
    organiser.get_by_role("link", name="Write a letter").click()
    organiser.get_by_label("Subject").press_sequentially(SUBJECT, delay=20)
    organiser.get_by_label("Text").press_sequentially("Entrez par la cour.", delay=20)
    assert accessibility_violations(organiser, within="main") == []
    organiser.get_by_role("button", name="Save").click()
    expect(organiser.locator(".messages")).to_contain_text("Nobody gets it yet.")
    organiser.get_by_role("button", name="Send for approval").click()

    request = mailbox.wait_for(APPROVER, lambda text: SUBJECT in text and title in text)
    resume_session(approver, server, "approver-lorraine")
    letter = link_in(request, "/letters/")
    approver.goto(letter)
    approver.get_by_label("What should be changed").fill(REMARK)
    approver.get_by_role("button", name="Send back").click()

    returned = mailbox.wait_for(ORGANISER, lambda text: REMARK in text)
    organiser.goto(link_in(returned, "/letters/"))
    expect(organiser.get_by_text(REMARK)).to_be_visible()
    organiser.get_by_role("link", name="Edit").click()
    organiser.get_by_label("Text").fill("Entrez par la cour, rue Sainte-Cécile.")
    organiser.get_by_role("button", name="Save").click()
    organiser.get_by_role("button", name="Send for approval").click()

    mailbox.wait_for(APPROVER, lambda text: SUBJECT in text and title in text)
    approver.goto(letter)
    expect(approver.get_by_text("rue Sainte-Cécile")).to_be_visible()
    approver.get_by_role("button", name="Approve and send to 1 person").click()

    arrived = mailbox.wait_for(mail, lambda text: text.startswith(SUBJECT))
    assert "Entrez par la cour, rue Sainte-Cécile." in arrived
    assert REMARK not in arrived
