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
