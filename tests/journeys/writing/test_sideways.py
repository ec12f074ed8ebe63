"""Forms fit a phone, a tablet and a desktop: nothing scrolls sideways, and no control is cut off."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import TIMEOUT, page_id, resume_session
from tests.journeys.pages import BEYOND

KINDS = {
    "article": "type=articles.ArticlePage&slug=thionville-fonderie-four-electrique",
    "event": "type=events.EventPage&slug=forum-competences-trois-frontieres",
    "recap": "type=events.RecapPage",
}
SIZES = {"phone": (390, {"has_touch": True, "is_mobile": True}), "tablet": (768, {}), "desktop": (1280, {})}


@pytest.fixture
def open_editor(server, visit) -> Callable[[str, str], Page]:
    """Returns a function that opens a page's form on a device of this size."""

    def open_form(kind: str, size: str) -> Page:
        width, options = SIZES[size]
        page = visit(width=width, reduced_motion="reduce", **options)
        resume_session(page, server, "siteadmin-lorraine")
        page.goto(f"{server}/admin/pages/{page_id(page, server, KINDS[kind])}/edit/")
        expect(page.locator("#id_title")).to_be_visible(timeout=TIMEOUT)
        return page

    return open_form


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_editor_fits_the_screen_with_and_without_a_side_panel(open_editor, kind, size):
    page = open_editor(kind, size)
    assert page.evaluate(BEYOND) == []

    page.get_by_role("button", name="Toggle status").click()
    expect(page.locator("[data-side-panel=status]")).to_be_visible()
    assert page.evaluate(BEYOND) == []


def test_form_of_an_image_with_a_long_file_name_fits_a_phone(server, visit, photo):
    width, options = SIZES["phone"]
    page = visit(width=width, **options)
    resume_session(page, server, "siteadmin-lorraine")
    page.goto(f"{server}/admin/images/add/")
    file = photo.rename(photo.with_name(f"{'reportage' * 7}.jpg"))
    page.locator("#id_file").set_input_files(file)
    page.locator("#id_title").fill("Un long nom")
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("link", name="Un long nom").first.click()

    expect(page.get_by_role("link", name=file.name)).to_be_visible(timeout=TIMEOUT)
    assert page.evaluate(BEYOND) == []


def test_title_of_a_form_appears_once(server, visit):
    page = visit()
    resume_session(page, server, "siteadmin-lorraine")
    page.goto(f"{server}/admin/settings/core/sitesettings/")

    expect(page.get_by_text("Site settings", exact=True).filter(visible=True)).to_have_count(1)
