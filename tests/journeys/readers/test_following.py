"""A reader without a feed reader opens the URL of a feed."""

import re

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("form", ["rss", "atom"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_feed_is_readable_in_a_browser(visit, server, form, scheme):
    page = visit(width=360, scheme=scheme, java_script_enabled=False)
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)

    page.goto(f"{server}/fr/feed.{form}")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_css("font-family", re.compile("Newsreader"))
    expect(page.locator("code")).to_have_text(f"{server}/fr/feed.{form}")
    expect(page.locator("item, entry").first).to_be_hidden()
    page.get_by_role("heading", level=2).first.get_by_role("link").click()
    expect(page).to_have_url(re.compile("/fr/.+/"))
    expect(page.locator("article.story")).to_be_visible()
    assert refused == []


def test_front_page_links_to_its_feed(visit, server):
    page = visit()
    page.goto(f"{server}/fr/")

    page.locator("footer").get_by_role("link", name=re.compile("RSS")).click()

    expect(page).to_have_url(f"{server}/fr/feed.rss")
    expect(page.get_by_role("listitem").first).to_be_visible()
