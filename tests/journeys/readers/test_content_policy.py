"""The content policy blocks nothing on newsroom pages.

test_every_page.py checks the public pages.
"""

import pytest

from tests.journeys.newsroom import log_in, resume_session
from tests.journeys.pages import is_blocked


@pytest.fixture
def watched(visit):
    """A window, and its console messages about the policy."""
    page = visit()
    blocked: list[str] = []
    page.on(
        "console", lambda message: blocked.append(f"{page.url}: {message.text}") if is_blocked(message.text) else None
    )
    return page, blocked


def test_nothing_is_blocked_before_and_after_signing_in(server, watched):
    page, blocked = watched
    page.goto(f"{server}/admin/password_reset/", wait_until="networkidle")
    log_in(page, server, "editor-lorraine")
    page.goto(f"{server}/admin/", wait_until="networkidle")
    page.keyboard.press("Control+k")
    assert blocked == []


def test_nothing_is_blocked_on_forms(server, watched):
    """They have dates, choosers and inline panels, which Wagtail starts by inline scripts."""
    page, blocked = watched
    resume_session(page, server, "siteadmin-lorraine")
    for kind in ("articles/articlepage", "events/eventpage", "newsletter/issuepage"):
        page.goto(f"{server}/admin/pages/usage/{kind}/")
        forms = page.locator("main a[href*='/edit/']")
        page.goto(f"{server}{forms.first.get_attribute('href')}", wait_until="load")
        assert page.locator("[data-start]").count() == 0
    assert blocked == []
