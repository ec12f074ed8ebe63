"""Choosers open on a search and the newest entries, keep ticked entries, and show their button."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.newsroom import TIMEOUT, add_author, open_row, page_id, resume_session

SIZES = {"desktop": (1280, 800, {}), "phone": (390, 844, {"has_touch": True, "is_mobile": True})}


@pytest.fixture
def open_draft(server, visit, draft) -> Callable[[str], Page]:
    """Returns a function that opens the draft on a desktop or a phone."""

    def open_form(size: str) -> Page:
        width, height, options = SIZES[size]
        page = visit(width=width, **options)
        page.set_viewport_size({"width": width, "height": height})
        resume_session(page, server, "editor-lorraine")
        page.goto(draft)
        return page

    return open_form


def link(page: Page) -> Locator:
    """Begin a link in the text; return the dialog."""
    page.locator("[data-contentpath=body] [contenteditable=true]").first.click()
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Newest pages")).to_be_visible(timeout=TIMEOUT)
    return dialog


@pytest.mark.parametrize("size", SIZES)
def test_button_that_confirms_is_in_view(open_draft, size):
    page = open_draft(size)
    dialog = add_author(page)

    expect(dialog.get_by_role("checkbox").first).to_be_visible(timeout=TIMEOUT)
    expect(dialog.get_by_role("button", name="Confirm selection")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("size", SIZES)
def test_one_click_on_a_name_chooses_one_author(open_draft, size):
    page = open_draft(size)
    dialog = add_author(page)
    expect(dialog.get_by_role("columnheader", name="Name")).to_be_visible(timeout=TIMEOUT)
    dialog.get_by_role("link", name="Anne Thill").click()

    expect(dialog).to_be_hidden()
    authors = page.locator("#panel-child-drawer-authors-section [data-inline-panel-child]:not(.deleted)")
    expect(authors.filter(has_text="Anne Thill")).to_have_count(1)


def test_ticks_stay_over_searches(open_draft):
    page = open_draft("desktop")
    dialog = add_author(page)
    search = dialog.get_by_role("textbox", name="Search term")
    expect(search).to_be_focused()
    for name in ("Anne Thill", "Marc Weyland"):
        search.fill(name)
        expect(dialog.get_by_role("checkbox")).to_have_count(1, timeout=TIMEOUT)
        dialog.get_by_role("row").filter(has_text=name).get_by_role("checkbox").check(timeout=TIMEOUT)
    dialog.get_by_role("button", name="Confirm selection (2)").click()
    expect(dialog).to_be_hidden()

    authors = page.locator("#panel-child-drawer-authors-section [data-inline-panel-child]:not(.deleted)")
    for name in ("Anne Thill", "Marc Weyland"):
        expect(authors.filter(has_text=name)).to_have_count(1)


@pytest.mark.parametrize("size", SIZES)
def test_page_chooser_lists_the_newest_pages_but_not_the_edited_one(open_draft, size):
    page = open_draft(size)
    key = re.search(r"/(\d+)/edit/", page.url)[1]
    dialog = link(page)

    rows = dialog.locator("a.choose-page")
    assert 1 < rows.count() <= 10
    expect(dialog.locator(f"a.choose-page[data-id='{key}']")).to_have_count(0)
    expect(rows.first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    dialog.get_by_role("textbox", name="Search term").fill("Thionville, une fonderie")
    expect(dialog.get_by_role("status").filter(has_text=re.compile(r"pages? found"))).to_be_visible(timeout=TIMEOUT)
    expect(dialog.locator(f"a.choose-page[data-id='{key}']")).to_have_count(0)


def test_escape_on_a_phone_leaves_the_focus_where_it_was(open_draft):
    page = open_draft("phone")
    dialog = add_author(page)
    expect(dialog.get_by_role("checkbox").first).to_be_visible(timeout=TIMEOUT)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Add author")).to_be_focused()

    row = open_row(page, "Teaser")
    for control in (row.get_by_role("textbox"), row.locator("[data-panel-toggle]").first):
        control.focus()
        page.keyboard.press("Escape")
        expect(control).to_be_focused()


def test_block_that_is_a_page_opens_its_chooser_at_once(open_draft, server):
    page = open_draft("desktop")
    page.goto(f"{server}/admin/pages/{page_id(page, server, 'type=home.DossierPage')}/edit/")
    page.locator("[data-contentpath=entries] [title='Insert a block']").last.click(timeout=TIMEOUT)
    page.get_by_role("option", name="Story or event").click()

    expect(page.get_by_role("dialog").get_by_role("textbox", name="Search term")).to_be_focused(timeout=TIMEOUT)


def test_sections_lead_to_the_tree(open_draft):
    page = open_draft("desktop")
    dialog = link(page)
    dialog.get_by_role("link", name="Sections of L’Élan lorrain").click()

    expect(dialog.get_by_role("link", name="Développement économique", exact=True)).to_be_visible(timeout=TIMEOUT)
