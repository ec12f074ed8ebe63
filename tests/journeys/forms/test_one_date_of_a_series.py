"""From the list of a series' dates, one date is opened in the form of the event."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.journeys.editing.test_locked import EVENT
from tests.journeys.newsroom import TIMEOUT, resume_session


def test_date_is_opened_at_its_own_row_beside_other_exceptions(server, visit, run_on_server):
    event = run_on_server(EVENT).split()[-1]
    page = visit()
    resume_session(page, server, "organiser-lorraine")
    page.goto(f"{server}/admin/events/{event}/dates/")
    # The second date already has an exception.
    page.locator(".dates__actions a").nth(2).click()

    key = parse_qs(urlsplit(page.url).query)["changed_date"][0]
    own = page.locator(f"[data-row='{key}']")
    expect(own).to_be_in_viewport(timeout=TIMEOUT)
    row = page.locator("[data-inline-panel-child]").filter(has=own)
    expect(row.locator("input:focus")).to_have_attribute("name", re.compile("-new_day$"))
