"""axe finds no violation on the main pages of the newsroom, in light and dark mode."""

import pytest
from playwright.sync_api import expect

from tests.journeys.newsroom import public_key, resume_session
from tests.journeys.pages import accessibility_violations

ARTICLE = "type=articles.ArticlePage&slug=thionville-fonderie-four-electrique"
EVENT = "type=events.EventPage&slug=forum-competences-trois-frontieres"
PLACES = {
    "dashboard": "/admin/",
    "article": "/admin/pages/{article}/edit/",
    "event": "/admin/pages/{event}/edit/",
    "history": "/admin/pages/{article}/history/",
    "registrations": "/admin/events/registrations/",
    "registrations of an event": "/admin/events/registrations/{event}/",
    "adding a registration": "/admin/events/registrations/{event}/add/",
    "dates": "/admin/events/{event}/dates/",
    "newsletters": "/admin/newsletter/",
    "shared pages": "/admin/shares/",
    "translations": "/admin/translations/",
    "readership": "/admin/reports/readership/",
    "people": "/admin/office/people/",
    "accounts": "/admin/reports/accounts/",
    "pictures": "/admin/images/",
    "settings": "/admin/settings/core/sitesettings/",
}
# Wagtail's own violations: the collapsed list of headings cannot be focused, and the button of other editors contains
# an image.
OF_WAGTAIL = ("w-minimap__list", "w-editing-sessions__session")


@pytest.fixture
def newsroom(server, visit):
    """Returns a function that opens a page of the newsroom, always in the same window."""
    page = visit()
    resume_session(page, server, "siteadmin-lorraine")
    keys = {"article": public_key(page, server, ARTICLE), "event": public_key(page, server, EVENT)}

    def open_page(place: str):
        page.goto(server + place.format(**keys))
        # On a busy machine the network may be idle before the page has been parsed.
        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("main")).to_be_visible()
        return page

    return open_page


def violations(page) -> list[str]:
    return [found for found in accessibility_violations(page) if not any(part in found for part in OF_WAGTAIL)]


def test_no_page_of_the_newsroom_has_an_accessibility_violation(newsroom):
    found = {place: violations(newsroom(path)) for place, path in PLACES.items()}

    assert {place: each for place, each in found.items() if each} == {}


def test_dark_dashboard_has_no_accessibility_violation(newsroom):
    page = newsroom(PLACES["dashboard"])
    page.emulate_media(color_scheme="dark")

    assert violations(page) == []


def test_rich_text_editor_is_labelled_by_its_field(newsroom):
    page = newsroom(PLACES["article"])

    expect(page.get_by_role("textbox", name="Paragraph", exact=True).first).to_be_visible()
    expect(page.locator("[data-contentpath=thanks] [contenteditable=true]")).to_have_attribute("aria-label", "Thanks")
