"""The content policy blocks nothing on newsroom pages.

test_every_page.py checks the public pages.
"""

import pytest
from playwright.sync_api import expect

from tests.journeys.newsroom import (
    TIMEOUT,
    add_block,
    autosaved,
    choose_topic,
    last_block,
    log_in,
    page_id,
    resume_session,
    upload_image,
    write_rich_text,
)
from tests.journeys.pages import is_blocked

ARTICLE = "type=articles.ArticlePage&slug=thionville-fonderie-four-electrique"
EVENT = "type=events.EventPage&slug=forum-competences-trois-frontieres"
SCREENS = """
    /admin/ /admin/pages/ /admin/pages/{article}/edit/ /admin/pages/{article}/history/ /admin/pages/{article}/copy/
    /admin/pages/{event}/edit/ /admin/events/{event}/dates/ /admin/events/registrations/ /admin/images/
    /admin/images/add/ /admin/documents/multiple/add/ /admin/snippets/core/topic/add/ /admin/translations/
    /admin/newsletter/ /admin/reports/readership/ /admin/reports/site-history/ /admin/reports/audit-log/
    /admin/office/people/ /admin/settings/core/sitesettings/ /admin/account/ /admin/account/factors/
    /admin/office/sign-in/
"""
# A word processor in the browser copies text like this. Without the styles, all of it would be bold.
COPIED = """
    <b style="font-weight: normal"><p><span style="font-weight: 700">Gras</span> et <span>maigre</span></p></b>
"""
PASTE = """(editor, html) => {
  const copied = new DataTransfer();
  copied.setData("text/html", html);
  copied.setData("text/plain", "Gras et maigre");
  editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: copied, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def watched(visit):
    """A window, and its console messages about the policy."""
    page = visit()
    blocked: list[str] = []
    page.context.on(
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


def test_nothing_is_blocked_on_the_screens_of_the_newsroom(server, watched):
    """Wagtail would start the dates, choosers and panels of its forms with inline scripts."""
    page, blocked = watched
    resume_session(page, server, "admin")

    keys = {"article": page_id(page, server, ARTICLE), "event": page_id(page, server, EVENT)}
    for screen in SCREENS.split():
        response = page.goto(server + screen.format(**keys), wait_until="load")
        assert response.status == 200, screen
        assert page.locator("[data-start]").count() == 0
    # A newsletter is previewed as an email, in a frame within the frame.
    page.goto(f"{server}/admin/pages/usage/newsletter/issuepage/")
    page.locator("main a[href*='/edit/']").first.click()
    page.get_by_role("button", name="Toggle preview").click()
    for mode in ("mail", "phone", "dark", "text"):
        with page.expect_response(lambda response, mode=mode: f"mode={mode}" in response.url):
            page.locator("#id_preview_mode").select_option(mode)
        expect(page.frame_locator("#w-preview-iframe").locator("body > *")).not_to_have_count(0, timeout=TIMEOUT)
    assert blocked == []


def test_nothing_is_blocked_in_the_editor(server, watched, draft, photo):
    page, blocked = watched
    resume_session(page, server, "editor-lorraine")
    page.goto(draft)
    page.locator("#id_standfirst").fill("Un chapô.")
    add_block(page, "Paragraph")
    write_rich_text(page, "Un texte que la")
    page.keyboard.press("Control+b")
    page.keyboard.type(" loi protège")
    last_block(page).locator("[contenteditable=true]").evaluate(PASTE, COPIED)
    expect(last_block(page)).to_contain_text("Gras et maigre")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    add_block(page, "Heading")
    last_block(page).locator("input[type=text]").fill("Un intertitre")
    add_block(page, "Image")
    opener = last_block(page).get_by_role("button", name="Choose an image")
    upload_image(page, opener, photo, "Une halle")
    last_block(page).get_by_label("Alternative text").fill("Une halle vide")
    choose_topic(page, "Artisanat")
    autosaved(page)
    for panel in ("Toggle status", "Toggle comments", "Toggle checks", "Toggle preview"):
        page.get_by_role("button", name=panel).click()
    preview = page.frame_locator("#w-preview-iframe")
    expect(preview.get_by_role("heading", level=1)).to_be_visible(timeout=TIMEOUT)
    page.goto(draft.replace("/edit/", "/view_draft/"), wait_until="networkidle")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert blocked == []
