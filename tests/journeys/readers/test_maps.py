"""A reader on a phone goes over the border on the map; an editor draws a map and corrects a mistyped coordinate."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import TIMEOUT, add_block, blocks, last_block, resume_session, save_draft
from tests.journeys.pages import accessibility_violations, at, press_until_focused

SHELF = ".shelf--border"
PHONE = {"width": 360, "height": 800}


@pytest.fixture
def phone(visit) -> Page:
    page = visit(width=360, has_touch=True, is_mobile=True)
    page.set_viewport_size(PHONE)
    return page


def test_reader_taps_a_town_and_reaches_an_event_of_the_other_side(phone, server):
    phone.goto(f"{server}/fr/")
    point = phone.locator(f"{SHELF} a.atlas__place[aria-label^=Sarrebruck]")
    box = point.locator("circle").bounding_box()
    assert min(box["width"], box["height"]) >= 24

    point.tap()

    place = phone.locator(":target")
    expect(place.get_by_role("heading", name="Sarrebruck")).to_be_in_viewport()
    place.get_by_role("link", name="Soirée réparation").click()
    expect(phone).to_have_url(re.compile(r"^http://saar\.localhost.*/soiree-reparation"))
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Soirée réparation")


def test_reader_with_a_keyboard_follows_a_point_into_the_list(visit, server):
    page = visit(width=1280)
    page.goto(f"{server}/fr/")
    press_until_focused(page, "Tab", f"{SHELF} a.atlas__place[aria-label^=Sarrebruck]", 150)

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.locator(":focus")).to_contain_text("Soirée réparation")


def test_maps_have_no_accessibility_errors_and_fit_a_phone(phone, server):
    for path in (
        f"{server}/fr/",
        at(server, "saar", "/de/"),
        at(server, "lux", "/fr/"),
        f"{server}/fr/calendrier/?map=1",
    ):
        phone.goto(path)
        expect(phone.locator("a.atlas__place").first).to_be_visible()
        assert accessibility_violations(phone) == []
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_point_of_the_event_map_leads_to_the_events_of_its_venue(phone, server):
    phone.goto(f"{server}/fr/calendrier/")
    phone.locator("a.list__view[href*=map]").click()

    phone.locator("a.atlas__place[aria-label^='Halle des Mineurs']").tap()

    titles = phone.locator(".event-row__title")
    expect(titles).to_have_count(1)
    expect(titles).to_contain_text("Forbach")


def test_editor_corrects_a_mistyped_coordinate(visit, server, draft):
    page = visit(width=1280)
    resume_session(page, server, "editor-lorraine")
    page.goto(draft)
    expect(blocks(page).first).to_be_visible(timeout=TIMEOUT)

    add_block(page, "Map")
    block = last_block(page)
    expect(block.locator("input[id$=-title]")).to_be_focused()
    page.keyboard.type("Trois ports de la Moselle")
    block.locator("input[id$=points-0-value-name]").fill("Metz")
    block.locator("input[id$=points-0-value-coordinates]").fill("49.1193 6,17,57")
    save_draft(page)
    body = page.locator("[data-contentpath=body]")
    expect(body.get_by_text("latitude first").first).to_be_visible(timeout=TIMEOUT)

    body.locator("input[id$=points-0-value-coordinates]").last.fill("49.1193, 6.1757")
    save_draft(page)

    expect(page.locator(".messages .success")).to_be_visible(timeout=TIMEOUT)
