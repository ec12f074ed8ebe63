"""axe finds no violation on the newsroom's main screens in light and dark mode, and no screen is wider than a phone.

The main screens are those of the menu, the form of each page type, the choosers, and the screens before sign-in. The
others are in `tests/journeys/every_newsroom_screen.py`.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import TIMEOUT, add_block, last_block, open_row, resume_session
from tests.journeys.pages import accessibility_violations
from tests.journeys.screens import (
    DESKTOP,
    Screens,
    faults,
    faults_of,
    faults_of_dialogs,
    known_screens,
    violations,
)

ARTICLE = "articles.articlepage"


@pytest.fixture
def administrator(server, visit) -> Page:
    page = visit(reduced_motion="reduce")
    resume_session(page, server, "admin")
    return page


@pytest.fixture
def known(server, run_on_server) -> tuple[Screens, dict[str, tuple[int, int]]]:
    return known_screens(server, run_on_server)


@pytest.fixture
def open_article(administrator, known, server):
    """Returns a function that opens the form of the longest article."""

    def open_form() -> Page:
        administrator.set_viewport_size(DESKTOP)
        administrator.goto(f"{server}/admin/pages/{known[1][ARTICLE][0]}/edit/")
        expect(administrator.locator("#id_title")).to_be_visible(timeout=TIMEOUT)
        return administrator

    return open_form


def menu(page: Page, server: str) -> Screens:
    page.goto(f"{server}/admin/")
    links = page.locator(".sidebar a[href^='/admin/']")
    expect(links.first).to_be_attached()
    screens = Screens(server)
    for address in links.evaluate_all("links => links.map((link) => link.href)"):
        # They lead to forms.
        if "/admin/write/" not in address:
            screens.add(address)
    return screens


def test_screens_of_the_menu_have_no_fault(administrator, server):
    screens = menu(administrator, server)
    assert len(screens.queue) > 30

    # Settings menu items lead to a site's settings.
    assert faults(administrator, screens.rest(), may_redirect=True) == ""


def test_home_of_an_editor_has_no_fault(server, visit):
    page = visit(reduced_motion="reduce")
    resume_session(page, server, "editor-lorraine")

    assert faults_of(page, menu(page, server).queue[0]) == []


def test_forms_of_pages_have_no_fault(administrator, known):
    screens, pages = known
    for label, (key, _parent) in pages.items():
        screens.add(f"/admin/pages/{key}/edit/", label)

    assert faults(administrator, screens.rest()) == ""


def test_blocks_of_a_text_are_groups_and_no_landmarks(open_article):
    """Two of them may have the same name."""
    blocks = open_article().locator("section.w-panel--nested")

    expect(blocks.first).to_have_attribute("role", "group", timeout=TIMEOUT)
    assert blocks.count() == blocks.and_(blocks.page.get_by_role("group", include_hidden=True)).count() > 2


def test_equal_blocks_and_those_within_them_have_names_of_their_own(open_article):
    page = open_article()
    for _time in range(2):
        add_block(page, "Questions and answers")
    nested = last_block(page).locator("section.w-panel--nested section.w-panel--nested")
    expect(nested.first).to_be_attached()

    page.wait_for_function("() => document.querySelector('[id^=block-number-]')")
    assert accessibility_violations(page, "landmark-unique") == []


def test_no_block_is_a_landmark_while_pictures_of_a_form_still_load(administrator, open_article):
    administrator.add_init_script(
        "addEventListener('load', () => { window.landmarks = document.querySelectorAll("
        "'section.w-panel--nested:not([role])').length; })"
    )

    assert open_article().evaluate("() => window.landmarks") == 0


def test_side_panels_have_no_violation(open_article):
    page = open_article()
    toggles = page.locator("[data-side-panel-toggle]")
    found = []
    for number in range(toggles.count()):
        page.set_viewport_size(DESKTOP)
        toggles.nth(number).click()
        found += violations(page, within=".form-side")

    assert found == []


def test_dialogs_to_choose_from_have_no_fault(open_article, known):
    screens, pages = known
    page = open_article()
    # Their keys are in the addresses of dialogs.
    for path in (page.url, f"/admin/pages/{pages[ARTICLE][1]}/"):
        screens.add(path)
    screens.add_routes(page.request, "choose")
    assert len(screens.dialogs) > 10

    assert faults_of_dialogs(page, screens.dialogs) == ""


def test_completed_topics_have_no_violation(open_article):
    page = open_article()
    open_row(page, "Topics").get_by_role("combobox", name="Add a topic").press_sequentially("tran")
    expect(page.locator(".topics__option").first).to_be_visible(timeout=TIMEOUT)

    assert violations(page) == []


def test_screens_before_the_sign_in_have_no_fault(server, visit):
    page = visit(reduced_motion="reduce")
    screens = Screens(server)
    screens.add_routes(page.request)
    assert f"{server}/admin/login/" in {screen.address for screen in screens.queue}

    assert faults(page, screens.rest()) == ""


def test_rich_text_editor_is_labelled_by_its_field(open_article):
    page = open_article()

    expect(page.get_by_role("textbox", name="Paragraph", exact=True).first).to_be_visible()
    expect(page.locator("[data-contentpath=thanks] [contenteditable=true]")).to_have_attribute("aria-label", "Thanks")
