"""An editor writes on a phone, an approver approves by one tap, and a reader sees the entry without reloading."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import TIMEOUT, resume_session
from tests.journeys.pages import PAGES, accessibility_violations

PHONE = {"width": 390, "has_touch": True, "is_mobile": True}
# Longer than the interval of the page's script.
POLLED = 3 * TIMEOUT
KEY = """
from articles.models import LivePage
print(LivePage.objects.get(slug="en-direct-journee-des-ateliers").pk)
"""
TOP_OF_THIRD = "Math.round(document.querySelectorAll('.live__item')[2].getBoundingClientRect().top)"
TITLE = "Thionville : la coulée"


@pytest.fixture
def desk(server, visit, run_on_server):
    """Returns a function that opens the screen of the entries on somebody's phone."""
    key = run_on_server(KEY).strip()

    def opened(username: str) -> Page:
        page = visit(**PHONE)
        resume_session(page, server, username)
        page.goto(f"{server}/admin/live/{key}/")
        return page

    return opened


def write(editor: Page, title: str, text: str) -> None:
    editor.get_by_label("Title").press_sequentially(title, delay=20)
    field = editor.get_by_role("textbox", name="Text")
    field.tap()
    expect(field).to_be_focused()
    editor.keyboard.type(text, delay=20)
    # The editor stores the text when the writer pauses.
    expect(editor.locator("input[name=text]")).to_have_value(re.compile(re.escape(text)))
    editor.get_by_role("button", name="Send for approval").tap()
    expect(editor.get_by_text("The entry waits for a second person.")).to_be_visible(timeout=TIMEOUT)


def approve(approver: Page, title: str) -> None:
    approver.reload()
    approver.get_by_role("button", name=f"Approve “{title}”").tap()
    expect(approver.get_by_text("Approved: readers see the entry now.")).to_be_visible(timeout=TIMEOUT)


def own_entry(page: Page, text: str):
    return page.locator(".live-desk__entry, .live__item").filter(has_text=text)


def test_entry_reaches_an_open_page_and_its_correction_too(server, visit, desk):
    address = f"{server}{PAGES['live coverage']}"
    reader, plain = visit(**PHONE), visit(java_script_enabled=False)
    for each in (reader, plain):
        each.goto(address)
    reader.evaluate("document.querySelectorAll('.live__item')[2].scrollIntoView({behavior: 'instant'})")
    before = reader.evaluate(TOP_OF_THIRD)
    editor, approver = desk("editor-lorraine"), desk("approver-lorraine")
    assert editor.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(editor.get_by_role("textbox", name="Text")).to_be_visible()
    assert accessibility_violations(editor) == []

    write(editor, TITLE, "La coulé commence à 22 h 30.")
    # Mistyped: the writer corrects it before anybody has approved it.
    own_entry(editor, "La coulé commence").get_by_role("link", name="Edit").tap()
    field = editor.get_by_role("textbox", name="Text")
    expect(field).to_contain_text("La coulé")
    assert accessibility_violations(editor) == []
    field.tap()
    expect(field).to_be_focused()
    editor.keyboard.press("Control+a")
    editor.keyboard.type("La coulée commence à 22 h 30.", delay=20)
    expect(editor.locator("input[name=text]")).to_have_value(re.compile("La coulée commence à 22 h 30"))
    editor.get_by_role("button", name="Send for approval").tap()
    expect(own_entry(editor, "La coulée commence")).to_be_visible(timeout=TIMEOUT)
    assert own_entry(editor, "La coulée commence").get_by_role("button", name=re.compile("Approve")).count() == 0

    approve(approver, TITLE)
    offer = reader.get_by_role("button", name=re.compile(r"^\D+: 1$"))
    expect(offer).to_be_visible(timeout=POLLED)
    assert reader.evaluate(TOP_OF_THIRD) == before
    assert accessibility_violations(reader) == []
    offer.tap()
    entry = own_entry(reader, "La coulée commence")
    expect(entry).to_be_focused()
    expect(entry).to_be_in_viewport()

    expect(own_entry(plain, "La coulée commence")).to_have_count(0)
    plain.locator(".live__reload").click()
    expect(own_entry(plain, "La coulée commence")).to_be_visible()

    own_entry(approver, "La coulée commence").get_by_role("button", name="Withdraw").tap()
    expect(approver.get_by_text("The entry is withdrawn.")).to_be_visible(timeout=TIMEOUT)
    expect(entry).to_have_count(0, timeout=POLLED)
