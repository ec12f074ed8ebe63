"""Every kind of public page on a desktop and a phone, in light and dark mode, and with large text.

Each page is opened once and then changes, as when a reader turns the phone or switches to dark mode.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from django.utils import timezone
from playwright.sync_api import CDPSession, Page

from tests.journeys.conftest import TIMEOUT
from tests.journeys.pages import OTHER_SITES, PAGES, accessibility_violations, at, is_blocked

HEIGHT = 900
# The axe rules that depend on colours.
OF_COLOURS = ("color-contrast", "link-in-text-block")
Look = tuple[Literal["light", "dark"], int]
LOOKS: list[Look] = [("light", 1280), ("dark", 1280), ("dark", 360), ("light", 360)]
TEXT = {"standard": 16, "fixed": 13}
TEXT_TWICE_AS_LARGE = {"standard": 32, "fixed": 26}


@dataclass
class Seen:
    """The findings on all pages, by address."""

    violations: dict[Look, dict[str, list[str]]] = field(default_factory=lambda: {look: {} for look in LOOKS})
    widths: dict[int, dict[str, int]] = field(default_factory=lambda: {360: {}, 1280: {}})
    widths_with_large_text: dict[str, int] = field(default_factory=dict)
    requested: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    cookies: list[Any] = field(default_factory=list)

    def look_at(self, page: Page, session: CDPSession, path: str) -> None:
        for look in LOOKS:
            scheme, width = look
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.emulate_media(color_scheme=scheme)
            # Dark mode changes only colours.
            if found := accessibility_violations(page, *(OF_COLOURS if scheme == "dark" else ())):
                self.violations[look][path] = found
            self.widths[width][path] = page.evaluate("document.documentElement.scrollWidth")
        session.send("Page.setFontSizes", {"fontSizes": TEXT_TWICE_AS_LARGE})
        page.wait_for_function("getComputedStyle(document.documentElement).fontSize === '32px'")
        self.widths_with_large_text[path] = page.evaluate("document.documentElement.scrollWidth")
        session.send("Page.setFontSizes", {"fontSizes": TEXT})


@pytest.fixture(scope="module")
def seen(chromium, server) -> Iterator[Seen]:
    context = chromium.new_context(locale="en-GB")
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Page.enable")
    found = Seen()
    page.on("request", lambda request: found.requested.append(request.url))
    page.on(
        "console",
        lambda message: found.blocked.append(f"{page.url}: {message.text}") if is_blocked(message.text) else None,
    )
    page.goto(f"{server}/fr/developpement-economique/agenda/forum-competences-trois-frontieres/")
    registration = page.get_by_role("link", name="S’inscrire").first.get_attribute("href")
    month = f"/fr/calendrier/?month={timezone.now():%Y-%m}"
    for address in [
        *(server + path for path in (*PAGES.values(), month, registration)),
        *(at(server, site, path) for site, path in OTHER_SITES.items()),
    ]:
        page.set_viewport_size({"width": 1280, "height": HEIGHT})
        page.goto(address, wait_until="load")
        found.look_at(page, session, address)
    found.cookies = context.cookies()
    yield found
    context.close()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def test_no_page_has_an_accessibility_violation(seen, look):
    assert seen.violations[look] == {}


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_screen(seen, width):
    assert {path: found for path, found in seen.widths[width].items() if found > width} == {}


def test_text_of_twice_the_size_fits_a_phone(seen):
    assert {path: found for path, found in seen.widths_with_large_text.items() if found > 360} == {}


def test_no_page_requests_another_host(server, seen):
    hosts = ("data:", server, *(at(server, site, "") for site in OTHER_SITES))
    assert [address for address in seen.requested if not address.startswith(hosts)] == []


def test_content_policy_blocks_nothing(seen):
    assert seen.blocked == []


def test_reading_sets_no_cookie(seen):
    assert seen.cookies == []
