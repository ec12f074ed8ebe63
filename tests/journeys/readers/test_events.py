"""An event is announced, approved and found; after it has ended, its recap is written and linked both ways."""

import re
import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.editing.test_review import APPROVER, ORGANISER, key_of, log_in_from_mail
from tests.journeys.mailbox import link_in
from tests.journeys.newsroom import (
    TIMEOUT,
    add_block,
    autosaved,
    choose_topic,
    open_row,
    resume_session,
    save_draft,
    send_for_review,
    upload_image,
    write_rich_text,
)
from tests.journeys.pages import accessibility_violations

TITLE = "Nuit des hauts fourneaux d’Uckange"
STANDFIRST = "Une nuit pour voir le fer couler, avec celles et ceux qui l’ont fait."
RECAP_STANDFIRST = "Mille visiteurs ont vu le fer couler, et douze entreprises ont ouvert leurs portes."
CALENDAR = "/fr/developpement-economique/agenda/"
# Simulates the passing of time: the event took place two days ago, and the periodic task runs.
TWO_DAYS_LATER = f"""
from datetime import timedelta
from django.utils import timezone
from events.models import EventPage
from events.newsroom.recap_mails import send_recap_reminders
page = EventPage.objects.filter(title={TITLE!r}).latest("pk")
now = timezone.now()
page.start, page.end = now - timedelta(days=2, hours=3), now - timedelta(days=2)
page.save_revision().publish()
send_recap_reminders(now)
"""

SERIES = """
from datetime import timedelta
from uuid import uuid4
from django.contrib.auth import get_user_model
from django.utils import timezone
from events.models import CalendarPage, EventPage
owner = get_user_model().objects.get(username="organiser-lorraine")
calendar = next(page for page in CalendarPage.objects.all() if page.permissions_for_user(owner).can_add_subpage())
start = (timezone.now() + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
times = {"start": start, "end": start + timedelta(hours=2), "recurrence": "FREQ=WEEKLY;COUNT=4"}
texts = {"title": "Café des fondeurs", "slug": f"cafe-des-fondeurs-{uuid4().hex[:8]}", "locale": calendar.locale}
event = calendar.add_child(instance=EventPage(owner=owner, live=False, **texts, **times))
event.save_revision(user=owner)
print(event.pk)
"""

ROWS = """
from events.models import EventPage
draft = EventPage.objects.get(pk={key}).get_latest_revision_as_object()
for name in ("changed_dates", "breaks"):
    for row in getattr(draft, name).all():
        print(name, row)
"""


@pytest.fixture
def photos(tmp_path):
    """Three different photos: for duplicates, Wagtail asks which one to keep."""
    files = []
    for number in range(3):
        file = tmp_path / f"fer-{number}.jpg"
        Image.new("RGB", (1600, 1067), f"#{secrets.randbelow(0x1000000):06x}").save(file, "JPEG")
        files.append(file)
    return files


def announce(page: Page, day: date) -> None:
    page.get_by_placeholder("Page title").fill(TITLE)
    page.locator("#id_standfirst").fill(STANDFIRST)
    for name, hour in (("start", "19:00"), ("end", "23:00")):
        page.locator(f"#id_{name}").fill(f"{day:%Y-%m-%d} {hour}")
        page.keyboard.press("Escape")
    page.locator("#id_place").fill("Parc du haut fourneau U4")
    choose_topic(page, "Industrie")


def approve(approver: Page, mailbox, title: str, *, first: bool) -> None:
    request = mailbox.wait_for(APPROVER, lambda text: title in text and "/newsroom/answer/" in text)
    address = link_in(request, "/newsroom/answer/")
    if first:
        log_in_from_mail(approver, address, "approver-lorraine")
    else:
        approver.goto(address)
    approver.get_by_role("button", name="Approve").click()
    expect(approver.locator(".messages .success")).to_contain_text(title)


def test_event_is_announced_takes_place_and_gets_a_recap(server, visit, mailbox, photos, run_on_server):
    organiser, approver, reader = visit(), visit(), visit(width=360)
    resume_session(organiser, server, "organiser-lorraine")
    key = key_of(organiser, server, "Développement économique", "Agenda")
    organiser.goto(f"{server}/admin/pages/add/events/eventpage/{key}/")
    announce(organiser, datetime.now(tz=UTC).date() + timedelta(days=40))
    save_draft(organiser)
    expect(organiser).to_have_url(re.compile(r"/admin/pages/\d+/edit/$"), timeout=TIMEOUT)
    send_for_review(organiser)
    approve(approver, mailbox, TITLE, first=True)

    reader.goto(server + CALENDAR)
    reader.get_by_role("link", name=TITLE).first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(TITLE)
    event = reader.url
    expect(reader.get_by_text("Parc du haut fourneau U4").first).to_be_visible()

    run_on_server(TWO_DAYS_LATER)
    message = mailbox.wait_for(ORGANISER, lambda text: TITLE in text and "/recap/" in text)
    assert link_in(message, "/admin/events/").startswith(f"{server}/admin/events/")
    organiser.goto(f"{server}/admin/")
    card = organiser.locator("#dashboard-ended_without_recap, [id*=ended_without_recap]").get_by_role("row")
    assert accessibility_violations(organiser) == []
    card.filter(has_text=TITLE).get_by_role("button", name="Write the recap").click()

    expect(organiser).to_have_url(re.compile(r"/admin/pages/\d+/edit/$"), timeout=TIMEOUT)
    draft = organiser.url
    expect(organiser.get_by_placeholder("Page title")).to_have_value(TITLE)
    expect(organiser.locator("#id_place")).to_have_value("Parc du haut fourneau U4")
    expect(organiser.locator("[data-checklist-findings]")).to_contain_text("Say what happened.")
    organiser.goto(draft.replace("/pages/", "/events/").replace("/edit/", "/photos/"))
    organiser.locator("input[type=file]").set_input_files(photos[:2])
    organiser.get_by_role("button", name="Save the photos").click()
    expect(organiser.locator(".recap-photos__item")).to_have_count(2)
    # Wagtail fades in its message, and axe would check the colours during the animation.
    organiser.reload()
    assert accessibility_violations(organiser) == []
    for number, words in enumerate(["Le fer coule dans le sable", "La foule sous la halle"]):
        organiser.locator(f"#id_photos-{number}-alt").fill(words)
    organiser.get_by_role("button", name="Save the photos").click()
    expect(organiser).to_have_url(draft)

    organiser.locator("#id_standfirst").fill(RECAP_STANDFIRST)
    figures = open_row(organiser, "In figures")
    figures.locator("#id_people").fill("1000")
    figures.locator("#id_companies").fill("12")
    opener = organiser.locator("[id*=lead_image]").get_by_role("button", name="Choose an image")
    upload_image(organiser, opener.first, photos[2], "La coulée")
    organiser.locator("#id_lead_image_alt").fill("Du fer en fusion coule dans un chenal")
    add_block(organiser, "Paragraph")
    write_rich_text(organiser, "À minuit, personne ne voulait partir.")
    expect(organiser.locator("[data-checklist-findings]")).not_to_contain_text("Say what happened.", timeout=TIMEOUT)
    send_for_review(organiser)
    approve(approver, mailbox, TITLE, first=False)

    reader.goto(event)
    reader.locator(".recap-notice a").click()
    expect(reader.get_by_text(RECAP_STANDFIRST).first).to_be_visible()
    expect(reader.get_by_alt_text("La foule sous la halle")).to_be_visible()
    expect(reader.locator(".facts__figures")).to_contain_text(re.compile(r"1\s000"))
    assert accessibility_violations(reader) == []
    reader.locator(".recap-of a").first.click()
    expect(reader).to_have_url(event)


def test_register_button_is_fixed_on_a_phone_after_scrolling(server, visit):
    page = visit(width=360)
    page.goto(f"{server}{CALENDAR}forum-competences-trois-frontieres/")
    button = page.locator(".seating__action a")
    expect(button).not_to_be_in_viewport()
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport(ratio=1)

    page.get_by_role("table", name="Le déroulement").evaluate("table => table.scrollIntoView()")

    expect(button).to_be_in_viewport(ratio=1)
    page.get_by_role("contentinfo").evaluate("footer => footer.scrollIntoView()")
    expect(button).not_to_be_in_viewport()


def test_register_button_is_in_its_place_without_scripts(server, visit):
    page = visit(width=360, java_script_enabled=False)
    page.goto(f"{server}{CALENDAR}forum-competences-trois-frontieres/")

    page.locator(".seating__action a").click()

    expect(page.get_by_role("textbox", name="Nom")).to_be_visible()


def autosaving(page: Page) -> Any:
    """Waits for the response to the autosave after the block."""
    return page.expect_response(
        lambda answer: answer.request.method == "POST" and answer.request.headers.get("accept") == "application/json",
        timeout=TIMEOUT,
    )


def test_slowly_filled_changed_date_is_saved_once(server, visit, run_on_server):
    key = run_on_server(SERIES).strip()
    organiser = visit()
    resume_session(organiser, server, "organiser-lorraine")
    organiser.goto(f"{server}/admin/pages/{key}/edit/")
    organiser.locator("#id_standfirst").fill(STANDFIRST)
    organiser.locator("#id_place").fill("Parc du haut fourneau U4")
    choose_topic(organiser, "Industrie")
    organiser.get_by_role("heading", name="Exceptions to the series", exact=True).click()
    row = "#id_changed_dates-0"

    with autosaving(organiser):
        organiser.locator("#id_changed_dates-ADD").click()
    expect(organiser.locator("[data-save-state=partly]")).to_contain_text("Not saved: Changed date (the whole new row")
    with autosaving(organiser):
        organiser.locator(f"{row}-day").fill("15/12/2027")
    autosaved(organiser)
    expect(organiser.locator(row.replace("id_", "inline_child_")).get_by_label("Cancelled")).to_be_checked()
    with autosaving(organiser):
        organiser.locator(f"{row}-reason").fill("Fours éteints")
    autosaved(organiser)

    assert run_on_server(ROWS.format(key=key)).splitlines() == ["changed_dates 2027-12-15"]
    send_for_review(organiser)
