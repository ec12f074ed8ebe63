"""Editors can work with the keyboard alone: each tab stop is visible, in screen order, and none is a trap."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import PASSWORD, TIMEOUT, resume_session
from tests.journeys.pages import press_until_focused

TEXT = "Un chevalement de quarante mètres."
# Drafts of two sites with the same rare word in their text, both sent for review.
WAITING = """
import json
from uuid import uuid4
from django.contrib.auth import get_user_model
from articles.models import ArticlePage
for site in ("lorraine", "saar"):
    model = ArticlePage.objects.live().filter(url_path__startswith=f"/{site}/", alias_of=None).order_by("pk").first()
    owner = get_user_model().objects.get(username=f"editor-{site}")
    body = json.dumps([{"type": "paragraph", "value": "<p>Un chevalement de quarante mètres.</p>"}])
    facts = {"owner": owner, "body": body, "publication_date": None}
    texts = {"title": f"Un carreau de {site}", "slug": f"carreau-{uuid4().hex[:8]}"}
    draft = model.copy(update_attrs=facts | texts, keep_live=False, copy_revisions=False, user=owner)
    draft.get_workflow().start(draft, owner)
    print(draft.pk)
"""
STATUS = """
from wagtail.models import Page
print(Page.objects.get(pk={key}).live)
"""
SEEN = """() => {
  const { width, height } = document.activeElement.getBoundingClientRect();
  return document.activeElement === document.body || (width > 8 && height > 8);
}"""


@pytest.fixture
def waiting(run_on_server, no_reviews) -> tuple[str, str]:
    """The keys of two drafts sent for review, in the site of the approver and in another one."""
    own, other = run_on_server(WAITING).split()
    return own, other


def log_in_by_keyboard(page: Page, server: str, username: str) -> None:
    page.goto(f"{server}/admin/login/")
    press_until_focused(page, "Tab", "#id_username")
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server}/admin/", timeout=TIMEOUT)


def test_approver_finds_a_draft_by_a_mistyped_word_and_approves_it(server, visit, waiting, run_on_server):
    own, other = waiting
    approver = visit()
    log_in_by_keyboard(approver, server, "approver-lorraine")
    expect(approver.locator("#menu-search-q")).to_be_visible(timeout=TIMEOUT)
    press_until_focused(approver, "Tab", "#menu-search-q")
    approver.keyboard.type("chevalemnet")
    approver.keyboard.press("Enter")
    expect(approver.locator(".page-search__extract mark").first).to_have_text("chevalement", timeout=TIMEOUT)
    expect(approver.locator(f"#page_{other}_title")).to_have_count(0)
    press_until_focused(approver, "Tab", f"td a[href*='/{own}/edit/']")
    approver.keyboard.press("Enter")
    expect(approver.locator("[data-contentpath=body]")).to_contain_text(TEXT, timeout=TIMEOUT)
    approver.wait_for_load_state()
    approver.keyboard.press("Control+Enter")
    expect(approver.get_by_role("button", name="Approve", exact=True)).to_be_focused()
    approver.keyboard.press("Enter")

    expect(approver.locator(".messages .success")).to_contain_text("Un carreau de lorraine", timeout=TIMEOUT)
    assert [run_on_server(STATUS.format(key=key)).strip() for key in waiting] == ["True", "False"]


def test_answer_is_reached_without_the_stops_of_the_preview(server, visit, waiting):
    approver = visit()
    resume_session(approver, server, "approver-lorraine")
    approver.goto(f"{server}/admin/")
    approver.get_by_role("link", name="Un carreau de lorraine").first.click()
    expect(approver.locator(".answer__preview")).to_be_visible(timeout=TIMEOUT)
    press_until_focused(approver, "Tab", ".answer a")
    approver.keyboard.press("Enter")

    expect(approver.get_by_label("Your comment")).to_be_focused()


def test_article_is_written_from_the_dashboard_and_sent_for_review(server, visit):
    editor = visit(scheme="dark")
    log_in_by_keyboard(editor, server, "editor-lorraine")
    keys = editor.keyboard
    press_until_focused(editor, "Tab", ".today__write a")
    keys.press("Enter")
    expect(editor.locator("#id_title, .write__places").first).to_be_visible(timeout=TIMEOUT)
    if editor.locator(".write__places").count():
        press_until_focused(editor, "Tab", "h3 + .write__places a[href*='/articlepage/7/']")
        keys.press("Enter")
    expect(editor.locator("#id_title")).to_be_focused(timeout=TIMEOUT)
    keys.type("Un bac relie de nouveau les deux rives")
    keys.press("Tab")
    keys.type("Il passe toutes les dix minutes.")
    press_until_focused(editor, "Tab", "#id_lead_image-chooser button")
    keys.press("Enter")
    dialog = editor.get_by_role("dialog")
    expect(dialog.get_by_role("textbox").first).to_be_focused(timeout=TIMEOUT)
    press_until_focused(editor, "Tab", "[role=dialog] a[data-chooser-modal-choice]")
    keys.press("Enter")
    expect(dialog).to_be_hidden(timeout=TIMEOUT)
    press_until_focused(editor, "Tab", "#id_lead_image_alt")
    keys.press("Control+a")
    keys.type("Un bac sur une rivière")
    press_until_focused(editor, "Tab", "[data-contentpath=body] [contenteditable=true]")
    keys.type("Le premier passager est venu à vélo.")
    press_until_focused(editor, "Tab", "[data-checklist] a[data-checklist-field=page_topics]")
    keys.press("Enter")
    expect(editor.get_by_role("combobox", name="Add a topic")).to_be_focused()
    keys.type("Industrie")
    expect(editor.get_by_role("option", name="Industrie", exact=True)).to_be_visible(timeout=TIMEOUT)
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(editor.locator(".topics__chip")).to_contain_text("Industrie")
    keys.press("Control+Enter")
    expect(editor.get_by_role("button", name="Send for review")).to_be_focused()
    keys.press("Enter")

    expect(editor.locator(".messages .success")).to_contain_text("for review", timeout=TIMEOUT)


def test_every_stop_of_the_dashboard_is_visible(server, visit):
    editor = visit()
    resume_session(editor, server, "editor-lorraine")
    editor.goto(f"{server}/admin/")
    editor.locator("main [name=q]").focus()

    for _stop in range(12):
        assert editor.evaluate(SEEN), editor.evaluate("document.activeElement.outerHTML")
        editor.keyboard.press("Tab")


def test_lead_picture_is_described_in_the_order_of_the_screen(editor):
    fields = [editor.locator(f"#id_lead_image_{name}") for name in ("caption", "alt", "decorative")]
    tops = [field.bounding_box()["y"] for field in fields]
    assert tops == sorted(tops)
    fields[0].focus()

    for field in fields:
        expect(field).to_be_focused()
        editor.keyboard.press("Tab")


def test_focus_is_visible_on_the_layout_of_pictures(server, visit):
    editor = visit()
    resume_session(editor, server, "editor-lorraine")
    editor.goto(f"{server}/admin/images/")
    editor.get_by_label("Sort by").focus()
    editor.keyboard.press("Tab")

    expect(editor.get_by_role("radio", name="Grid layout")).to_be_focused()
    expect(editor.locator("label", has=editor.locator(":focus"))).to_have_css("outline-style", "solid")
