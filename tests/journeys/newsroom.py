"""Actions of users in the newsroom, such as signing in, adding a block and saving."""

import re
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

PASSWORD = "portal-demo"
# Milliseconds to wait for a response, also on a busy machine.
TIMEOUT = 20_000
# The time of the sign-in and the cookies since, by server and username.
_sessions: dict[tuple[str, str], tuple[float, list[Any]]] = {}
# Seconds without reauthentication, with a minute to spare.
FRESH = 240


def log_in(page: Page, server: str, username: str, password: str = PASSWORD) -> None:
    page.goto(f"{server}/admin/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"{server}/admin/")


def page_id(page: Page, server: str, query: str) -> int:
    """The ID of the public page that an API query finds."""
    return page.request.get(f"{server}/api/v2/pages/?{query}&limit=1").json()["items"][0]["id"]


def resume_session(page: Page, server: str, username: str) -> None:
    """Restore a user's session in a window that shows no page yet.

    The sign-in form and password hashing then run once per user, not once per journey.
    """
    context, person = page.context, (server, username)
    if person not in _sessions or time.monotonic() - _sessions[person][0] > FRESH:
        context.clear_cookies()
        address = f"{server}/admin/login/"
        context.request.get(address)
        token = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "csrftoken")
        sent = {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token}
        assert context.request.post(address, form=sent, max_redirects=0).status == 302
        _sessions[person] = time.monotonic(), context.cookies()
    context.add_cookies(_sessions[person][1])


def add_block(page: Page, name: str) -> None:
    """Append a block with this label to the body."""
    body = page.locator("[data-contentpath=body]")
    body.get_by_title("Insert a block").last.click()
    search = page.get_by_role("combobox", name="Search options").last
    search.fill(name)
    before = blocks(page).count()
    page.locator("[role=option]").get_by_text(name, exact=True).filter(visible=True).first.click()
    expect(blocks(page)).to_have_count(before + 1)


def blocks(page: Page) -> Locator:
    return page.locator("[data-contentpath=body] [data-streamfield-child]:not([data-streamfield-child] *)")


def last_block(page: Page) -> Locator:
    return blocks(page).last


def write_rich_text(page: Page, text: str) -> None:
    last_block(page).locator("[contenteditable=true]").click()
    page.keyboard.type(text)


def upload_image(page: Page, opener, file: Path, title: str) -> None:
    opener.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Upload").click()
    dialog.locator("input[type=file]").set_input_files(file)
    dialog.get_by_label("Title").last.fill(title)
    dialog.get_by_role("button", name="Upload").click()
    expect(dialog).to_be_hidden(timeout=TIMEOUT)


def open_row(page: Page, heading: str) -> Locator:
    """Open a row of the drawer, or a panel of another form; return its content."""
    row = page.locator(".drawer__row, .w-panel").filter(has=page.get_by_role("heading", name=heading, exact=True)).first
    toggle = row.locator("[data-panel-toggle]").first
    expect(toggle).to_be_attached()
    if toggle.get_attribute("aria-expanded") == "false":
        toggle.click()
    return row


def choose_topic(page: Page, name: str) -> None:
    field = open_row(page, "Topics").get_by_role("combobox", name="Add a topic")
    field.fill(name)
    page.get_by_role("option", name=name, exact=True).click()
    expect(page.locator(".topics__chip").filter(has_text=name)).to_be_visible()


def add_author(page: Page) -> Locator:
    """Open the author chooser; return its dialog."""
    open_row(page, "Authors").get_by_role("button", name="Add author").click()
    return page.get_by_role("dialog")


def save(page: Page) -> None:
    """Save a new page manually after an autosave has created it, so that it is not created twice."""
    expect(page).to_have_url(re.compile(r"/admin/pages/\d+/edit/$"), timeout=TIMEOUT)
    save_draft(page)
    expect(page.locator(".messages .success")).to_be_visible(timeout=TIMEOUT)


def save_draft(page: Page) -> None:
    choose_action(page, "Save draft")


def send_for_review(page: Page) -> None:
    page.get_by_role("button", name="Send for review").click()
    expect(page.locator(".messages .success")).to_contain_text("for review", timeout=TIMEOUT)


def choose_action(page: Page, name: str) -> None:
    """Choose an action from the menu beside the save button."""
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name=re.compile(f"^\\s*{name}")).first.click()


def autosaved(page: Page) -> None:
    expect(page.locator("[data-save-state=saved]")).to_contain_text("Saved at", timeout=TIMEOUT)
