"""A reader on a phone proposes an event without an account; the newsroom takes it up, and it is published."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.journeys.mailbox import link_in
from tests.journeys.newsroom import TIMEOUT, choose_topic, resume_session, save_draft, send_for_review
from tests.journeys.pages import accessibility_violations
from tests.journeys.readers.test_events import approve

TITLE = "Veillée au lavoir de Moussey"
CORRECTED = "Veillée au grand lavoir de Moussey"
READER = "lea.humbert@reader.example"
OPEN_CALENDAR = """
from django.contrib.auth import get_user_model
from events.models import CalendarPage
owner = get_user_model().objects.get(username="organiser-lorraine")
calendar = next(page for page in CalendarPage.objects.live() if page.permissions_for_user(owner).can_add_subpage())
calendar.takes_proposals = True
calendar.save_revision().publish()
print(calendar.full_url)
"""


def fill_dates(page: Page) -> None:
    first = datetime.now(tz=UTC).date() + timedelta(days=40)
    for number, day in enumerate((first, first + timedelta(days=7))):
        page.locator(f"#id_dates-{number}-day").fill(day.isoformat())
        page.locator(f"#id_dates-{number}-start").fill("20:00")
        page.locator(f"#id_dates-{number}-end").fill("22:30")


def test_readers_proposal_is_published(server, visit, mailbox, run_on_server, no_reviews):
    reader, organiser, approver = visit(width=360, has_touch=True), visit(), visit()
    calendar = run_on_server(OPEN_CALENDAR).strip()

    # The reader forgets the place, and corrects it.
    reader.goto(calendar)
    reader.locator(".propose a").click()
    assert accessibility_violations(reader) == []
    reader.locator("#id_title").fill(TITLE)
    fill_dates(reader)
    reader.locator("#id_standfirst").fill("On vient avec une chaise et une histoire.")
    reader.locator("#id_text").fill("La soupe est offerte.\n\nEn cas de pluie, dans la salle.")
    reader.locator("#id_name").fill("Léa Humbert")
    reader.locator("#id_address").fill(READER)
    reader.locator("#id_consent").check()
    # A form that is sent at once is refused.
    reader.wait_for_timeout(2500)
    reader.locator("main form button[type=submit]").last.click()
    expect(reader.locator(".form-errors li")).to_have_count(1)
    reader.locator(".form-errors a").click()
    expect(reader.locator("#id_place")).to_be_focused()
    reader.locator("#id_place").fill("Lavoir, Moussey")
    reader.locator("main form button[type=submit]").last.click()
    expect(reader).to_have_url(re.compile(r"/sent/$"))

    # The reader confirms from the mail, and corrects the title by the link.
    link = link_in(mailbox.wait_for(READER, lambda text: "/_proposals/own/" in text), "/_proposals/own/")
    reader.goto(link)
    reader.locator("button[value=confirm]").click()
    expect(reader.get_by_role("status")).to_be_visible()
    assert accessibility_violations(reader) == []
    reader.locator("#id_title").fill(CORRECTED)
    reader.locator("button[value=change]").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(CORRECTED)

    # An organiser takes it up, completes it and sends it for review.
    resume_session(organiser, server, "organiser-lorraine")
    organiser.goto(f"{server}/admin/ideas/")
    organiser.get_by_role("row", name=CORRECTED).get_by_role("button", name="Take up").click()
    expect(organiser.locator("#id_place")).to_have_value("Lavoir, Moussey", timeout=TIMEOUT)
    choose_topic(organiser, "Industrie")
    save_draft(organiser)
    send_for_review(organiser)
    mailbox.wait_for(READER, lambda text: CORRECTED in text)

    # Somebody else approves; the reader finds it in the calendar, and the link says so.
    approve(approver, mailbox, CORRECTED, first=True)
    published = mailbox.wait_for(READER, lambda text: CORRECTED in text)
    assert CORRECTED in published
    reader.goto(calendar)
    expect(reader.get_by_role("link", name=CORRECTED).first).to_be_visible()
    reader.goto(link)
    reader.locator("main .message__actions a").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(CORRECTED)
