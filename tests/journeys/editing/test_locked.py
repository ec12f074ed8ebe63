"""The form of a locked page is read-only for whoever cannot save it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import TIMEOUT, resume_session

LOCK = """
from django.contrib.auth import get_user_model
from django.utils import timezone
from wagtail.models import Page
owner = get_user_model().objects.get(username="approver-lorraine")
Page.objects.filter(pk={key}).update(locked=True, locked_by=owner, locked_at=timezone.now())
"""

# Starts the review of a draft; a user cannot write until it ends.
SEND = """
from django.contrib.auth import get_user_model
from wagtail.models import Page
page = Page.objects.get(pk={key}).specific
user = get_user_model().objects.get(username="{username}")
page.get_latest_revision_as_object().save_revision(user=user)
page.get_workflow().start(page, user)
"""
SCHEDULE = """
from datetime import timedelta
from django.contrib.auth import get_user_model
from django.utils import timezone
from wagtail.models import Page, Revision
page = Page.objects.get(pk={key}).get_latest_revision_as_object()
page.go_live_at = timezone.now() + timedelta(days=9)
revision = page.save_revision(user=get_user_model().objects.get(username="{username}"))
# As if somebody else had approved it.
Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=page.go_live_at)
"""
EVENT = """
from datetime import timedelta
from uuid import uuid4
from django.contrib.auth import get_user_model
from django.utils import timezone
from events.models import CalendarPage, ChangedDate, EventPage
from portal.content.models import PageTopic, Topic
owner = get_user_model().objects.get(username="organiser-lorraine")
calendar = next(page for page in CalendarPage.objects.all() if page.permissions_for_user(owner).can_add_subpage())
start = (timezone.now() + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
facts = {"start": start, "end": start + timedelta(hours=2), "recurrence": "FREQ=WEEKLY;COUNT=9", "place": "Metz"}
texts = {"title": "Café des serrures", "standfirst": "Chaque lundi.", "slug": f"serrures-{uuid4().hex[:8]}"}
event = EventPage(**facts, **texts, owner=owner, locale=calendar.locale, live=False)
topic = Topic.objects.filter(locale=calendar.locale).first()
event.page_topics = [PageTopic(topic=topic)]
event.changed_dates = [ChangedDate(day=start.date() + timedelta(days=7), kind="cancelled")]
calendar.add_child(instance=event)
event.save_revision(user=owner)
print(event.pk)
"""


@pytest.fixture(params=[LOCK, SEND], ids=["locked", "in review"])
def locked_event(request, server, visit, run_on_server) -> Page:
    """The form of a series of events, locked by an approver or sent for review, as its organiser sees it."""
    key = run_on_server(EVENT).split()[-1]
    run_on_server(request.param.format(key=key, username="organiser-lorraine"))
    page = visit()
    resume_session(page, server, "organiser-lorraine")
    page.goto(f"{server}/admin/pages/{key}/edit/")
    expect(page.locator("#id_start")).to_be_attached(timeout=TIMEOUT)
    page.wait_for_load_state()
    return page


@pytest.fixture
def locked(draft, run_on_server) -> str:
    """The address of a draft that its approver has locked."""
    run_on_server(LOCK.format(key=re.findall(r"\d+", draft)[-1]))
    return draft


def open_form(page: Page, server: str, username: str, address: str) -> Page:
    resume_session(page, server, username)
    page.goto(address)
    expect(paragraph(page)).to_be_visible(timeout=TIMEOUT)
    return page


def paragraph(page: Page):
    return page.locator("[data-contentpath=body] .public-DraftEditor-content").first


def write_everywhere(page: Page) -> tuple[str, str]:
    """Type into the title and the text; return both."""
    for field in (page.locator("#id_title"), paragraph(page)):
        field.click()
        page.keyboard.type("Jamais ")
    return page.locator("#id_title").input_value(), paragraph(page).inner_text()


def test_fields_of_a_locked_page_take_no_typing(server, visit, locked):
    page = open_form(visit(), server, "editor-lorraine", locked)

    title, text = write_everywhere(page)

    assert "Jamais" not in title + text


def test_text_of_a_locked_page_can_be_selected(server, visit, locked):
    page = open_form(visit(), server, "editor-lorraine", locked)

    paragraph(page).locator("span[data-text]").first.click(click_count=3)

    assert page.evaluate("getSelection().toString().trim()") != ""


def test_text_of_a_locked_page_is_read_only_for_a_screen_reader_and_reached_by_keyboard(server, visit, locked):
    text = paragraph(open_form(visit(), server, "editor-lorraine", locked))

    expect(text).to_have_attribute("aria-readonly", "true")
    expect(text).to_have_attribute("tabindex", "0")


def test_menu_of_a_locked_page_refuses_a_choice_but_no_shortcut(server, visit, locked):
    page = open_form(visit(), server, "editor-lorraine", locked)
    is_refused = """(menu, options) => !menu.dispatchEvent(
        new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...options }))"""
    menu = page.locator(".w-panel select").first
    keys = ({"key": "a"}, {"key": "r", "ctrlKey": True}, {"key": "Escape"}, {"key": "F5"})

    assert [menu.evaluate(is_refused, key) for key in keys] == [True, False, False, False]


def test_blocks_of_a_locked_page_stay(server, visit, locked):
    page = open_form(visit(), server, "editor-lorraine", locked)
    blocks = page.locator("[data-contentpath=body] [data-streamfield-child]")
    before = blocks.count()

    page.locator("[data-contentpath=body]").get_by_title("Delete").first.click(force=True)

    assert blocks.filter(visible=True).count() == before


def test_whoever_locked_the_page_still_writes(server, visit, locked):
    page = open_form(visit(), server, "approver-lorraine", locked)

    title, text = write_everywhere(page)

    assert "Jamais" in title
    assert "Jamais" in text


def test_another_page_stays_editable(server, visit, locked, drafts):
    page = open_form(visit(), server, "editor-lorraine", drafts[-1])

    title, _text = write_everywhere(page)

    assert "Jamais" in title


@pytest.mark.parametrize("state", [SEND, SCHEDULE], ids=["in review", "scheduled"])
def test_fields_of_a_page_that_waits_take_no_typing(server, visit, draft, run_on_server, state):
    run_on_server(state.format(key=re.findall(r"\d+", draft)[-1], username="editor-lorraine"))
    page = open_form(visit(), server, "editor-lorraine", draft)

    title, text = write_everywhere(page)

    assert "Jamais" not in title + text


def test_picker_of_a_locked_page_changes_no_date(locked_event):
    start = locked_event.locator("#id_start")
    before = start.input_value()
    start.click()
    locked_event.keyboard.press("ArrowDown")
    locked_event.keyboard.press("Enter")
    for day in locked_event.locator(".xdsoft_datetimepicker:visible td[data-date]").all()[:1]:
        day.click()

    expect(start).to_have_value(before)


def test_exceptions_of_a_locked_series_stay(locked_event):
    rows = locked_event.locator("[data-inline-panel-child][id^=inline_child_changed_dates-]:not(.deleted)")
    left_out, delete = rows.first.get_by_label("Left out"), rows.first.get_by_title("Delete").first
    for control in (locked_event.locator("#id_changed_dates-ADD"), left_out, delete):
        control.evaluate("control => control.click()")

    expect(rows).to_have_count(1)
    expect(rows.first.get_by_label("Cancelled")).to_be_checked()
