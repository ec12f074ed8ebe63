"""The browser blocks nothing on pages of any kind: the policy names all that they need."""

import urllib.request
import xml.etree.ElementTree as ET
from collections import defaultdict
from urllib.parse import urlsplit

import pytest

from tests.journeys.newsroom import log_in, resume_session

PLACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
# Of each section and depth so many pages: kinds of pages stand beside each other.
MOST_OF_A_PLACE = 3


def locations(address: str) -> list[str]:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return [place.text or "" for place in ET.parse(answer).iter(PLACE)]


@pytest.fixture
def watched(visit):
    """A window, and what its console says of the policy."""
    page = visit()
    blocked: list[str] = []
    page.on(
        "console", lambda message: blocked.append(f"{page.url}: {message.text}") if is_blocked(message.text) else None
    )
    return page, blocked


def is_blocked(text: str) -> bool:
    return "Content Security Policy" in text or "Content-Security-Policy" in text or "Permissions-Policy" in text


def test_nothing_is_blocked_on_public_pages(server, watched):
    page, blocked = watched
    by_place = defaultdict(list)
    for part in locations(f"{server}/sitemap.xml"):
        for address in locations(part):
            path = urlsplit(address).path
            if path.startswith("/fr/"):
                by_place[path.rstrip("/").rpartition("/")[0]].append(path)
    paths = [path for found in by_place.values() for path in found[:MOST_OF_A_PLACE]][:40]
    assert len(paths) > 10
    for path in [*paths, "/fr/recherche/?q=industrie", "/fr/nulle-part/", "/fr/feed.rss", "/fr/contact/"]:
        page.goto(f"{server}{path}", wait_until="load")
    assert blocked == []


def test_nothing_is_blocked_before_and_after_signing_in(server, watched):
    page, blocked = watched
    page.goto(f"{server}/admin/password_reset/", wait_until="networkidle")
    log_in(page, server, "editor-lorraine")
    page.goto(f"{server}/admin/", wait_until="networkidle")
    page.keyboard.press("Control+k")
    assert blocked == []


def test_nothing_is_blocked_on_forms(server, watched):
    """Each has dates, choosers and panels of rows, which Wagtail starts by inline scripts."""
    page, blocked = watched
    resume_session(page, server, "siteadmin-lorraine")
    for kind in ("articles/articlepage", "events/eventpage", "newsletter/issuepage"):
        page.goto(f"{server}/admin/pages/usage/{kind}/")
        forms = page.locator("main a[href*='/edit/']")
        page.goto(f"{server}{forms.first.get_attribute('href')}", wait_until="load")
        assert page.locator("[data-start]").count() == 0
    assert blocked == []
