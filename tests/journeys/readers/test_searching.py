"""Readers search by keyboard alone, without scripts and on a phone; opened results are counted."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import resume_session
from tests.journeys.pages import press_until_focused

COUNTED = """
from search.models import LoggedQuery
print(LoggedQuery.objects.filter(text="{word}").exists())
"""
SECOND = ".search__results .result:nth-of-type(2) .result__title a"


def test_reader_finds_a_story_by_keyboard_alone(server, visit):
    page = visit()
    page.goto(f"{server}/fr/")
    press_until_focused(page, "Tab", "#search-masthead")
    box = page.locator("#search-masthead")
    page.keyboard.type("fonder")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("fonder")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/thionville-fonderie-four-electrique/$"))


def test_results_are_reached_before_the_filters_beside_them(server, visit):
    page = visit()
    page.goto(f"{server}/fr/recherche/?q=entreprise")
    page.get_by_role("button", name="Rechercher", exact=True).last.focus()

    press_until_focused(page, "Tab", ".search__results a, .search__facets a")

    expect(page.locator(".search__results .result a:focus")).to_have_count(1)


def test_reader_filters_and_unfilters_by_keyboard_alone(server, visit):
    page = visit()
    page.goto(f"{server}/fr/recherche/")
    press_until_focused(page, "Tab", "#search-page")
    page.keyboard.type("entreprise")
    page.keyboard.press("Enter")
    expect(page.locator(".search__results .result").first).to_be_visible()
    press_until_focused(page, "Tab", ".facet a", most=120)
    page.keyboard.press("Enter")
    expect(page.locator(".search__chosen a")).to_have_count(1)
    press_until_focused(page, "Tab", ".search__chosen a", most=120)
    page.keyboard.press("Enter")
    expect(page.locator(".search__chosen")).to_have_count(0)


def test_reader_without_scripts_searches_from_any_page(server, visit):
    page = visit(java_script_enabled=False)
    page.goto(f"{server}/fr/a-propos/")
    page.locator("#search-masthead").focus()
    page.keyboard.type("fondrie")
    page.keyboard.press("Enter")
    expect(page.locator(".search__suggestion")).to_have_text("fonderie")
    expect(page.locator(".result__title").first).to_contain_text("fonderie")


def test_reader_on_a_phone_opens_the_filters(server, visit):
    page = visit(width=360)
    page.goto(f"{server}/fr/recherche/?q=entreprise")
    expect(page.locator(".facet a").first).to_be_hidden()
    page.locator(".search__facets summary").click()
    expect(page.locator(".facet a").first).to_be_visible()


def by_click(page: Page) -> None:
    page.locator(SECOND).click()


def by_keyboard(page: Page) -> None:
    page.locator(SECOND).focus()
    page.keyboard.press("Enter")


def in_a_tab_by_keyboard(page: Page) -> None:
    with page.context.expect_page():
        page.locator(SECOND).focus()
        page.keyboard.press("Control+Enter")


def in_a_tab_by_middle_button(page: Page) -> None:
    with page.context.expect_page():
        page.locator(SECOND).click(button="middle")


def by_menu_and_click(page: Page) -> None:
    page.locator(SECOND).click(button="right")
    page.keyboard.press("Escape")
    page.locator(SECOND).click()


@pytest.mark.parametrize(
    ("word", "open_second"),
    [
        ("énergie", by_click),
        ("formation", by_keyboard),
        ("atelier", in_a_tab_by_keyboard),
        ("usine", in_a_tab_by_middle_button),
        ("emploi", by_menu_and_click),
    ],
)
def test_opened_result_is_counted_once_at_its_rank(server, visit, run_on_server, word, open_second):
    page = visit()
    # A search during another process's write is not counted.
    for _time in range(5):
        page.goto(f"{server}/fr/recherche/?q={word}")
        if run_on_server(COUNTED.format(word=word)).strip() == "True":
            break
    with page.context.expect_event("request", lambda request: request.url.endswith("/recherche/opened")):
        open_second(page)
    # After leaving a page, no response to its report arrives.
    for _time in range(5):
        reported = opened_in_report(visit(), server, "siteadmin-lorraine", word)
        if reported != ["0 of 1", ""]:
            break
    assert reported == ["1 of 1", "2: 1×"]
    assert opened_in_report(visit(), server, "siteadmin-saar", word) == []


def opened_in_report(page: Page, server: str, username: str, word: str) -> list[str]:
    """The number of searches for a word that led to a page, and the ranks, from the administrator's report."""
    resume_session(page, server, username)
    page.goto(f"{server}/admin/reports/search/")
    expect(page.get_by_role("heading", name="What readers search for")).to_be_visible()
    cells = page.locator("table.listing tbody tr").filter(has=page.get_by_text(word, exact=True)).locator("td")
    return [cells.nth(column).inner_text().strip() for column in (5, 6)] if cells.count() else []
