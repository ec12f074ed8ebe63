"""A story is translated side by side, in two sittings, reviewed, and updated."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.mailbox import link_in
from tests.journeys.newsroom import PASSWORD, TIMEOUT, resume_session
from tests.journeys.pages import accessibility_violations

TITLE, TRANSLATED = "Les scieries de la Meurthe recrutent", "Sägewerke an der Meurthe stellen ein"
APPROVER = "approver@lorraine.example"
STORY = f"""
from uuid import uuid4
from wagtail.models import Page
from portal.content.models import Topic
from portal.media.models import Image
from tests.builders import make_article, make_section
home = Page.objects.filter(slug="developpement-economique", locale__language_code="fr").first().get_parent().specific
number = uuid4().hex[:8]
section = make_section(home, "Filières du bois", slug=f"bois-{{number}}")
story = make_article(
    section, {TITLE!r}, slug=f"scieries-{{number}}", standfirst="Cent postes sont à prendre avant l’été.",
    lead_image=Image.objects.first(), lead_image_alt="Une scierie au bord de l’eau",
    topics=[Topic.objects.filter(locale__language_code="fr").first()],
    body=[
        ("paragraph", "<p>Le bois <b>recrute</b>, dit <a href='https://bois.example/'>la filière</a>.</p>"
            "<p>Et vite.</p>"),
        ("heading", {{"text": "Trois scieries", "level": "h2"}}),
        ("quote", {{"text": "On embauche dès demain.", "source": "Ada Thiriet", "role": ""}}),
    ],
)
print(story.pk)
"""
CHANGE = """
from wagtail.models import Page
from tests.builders import change
change(Page.objects.get(pk={key}).specific, standfirst="Deux cents postes sont à prendre avant l’été.")
"""


@pytest.fixture
def story(server, run_on_server):
    return run_on_server(STORY).strip().splitlines()[-1]


def passage(page: Page, label: str, nth: int = 0) -> Locator:
    return page.locator(".passage").filter(has=page.get_by_role("heading", name=label, exact=True)).nth(nth)


def expect_remaining(page: Page, number: int, total: int = 8) -> None:
    """Wait until the counter shows this number; an autosave updates it."""
    expect(page.locator(".side-by-side__count")).to_have_text(
        re.compile(rf"\s*{number} of {total} passages to translate\s*"), timeout=TIMEOUT
    )


def write(page: Page, label: str, text: str, nth: int = 0) -> None:
    passage(page, label, nth).get_by_role("textbox").fill(text)


def write_rich(page: Page, nth: int, text: str) -> None:
    passage(page, "Paragraph", nth).get_by_role("textbox").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def begin(page: Page, server: str, story: str) -> None:
    page.goto(f"{server}/admin/localize/submit/page/{story}/")
    expect(page.locator(".help-info").filter(has_text="German")).to_contain_text("Filières du bois")
    for box in page.locator("[name=locales]:checked").all():
        box.uncheck()
    page.get_by_label("German").check()
    page.get_by_role("button", name="Begin with the pages above").click()
    expect(page).to_have_url(re.compile(r"/admin/translations/\d+/$"))


def sign_in_again(page: Page) -> None:
    dialog = page.get_by_role("dialog", name="You are signed out")
    dialog.get_by_label("User name").fill("editor-lorraine")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()


def test_story_is_translated_in_two_sittings_and_brought_up_to_date(server, visit, mailbox, story, run_on_server):
    editor = visit()
    resume_session(editor, server, "editor-lorraine")
    begin(editor, server, story)
    address = editor.url
    expect_remaining(editor, 8)

    write(editor, "Title", TRANSLATED)
    expect_remaining(editor, 7)
    write(editor, "Standfirst", "Hundert Stellen sind bis zum Sommer zu besetzen.")
    expect_remaining(editor, 6)
    paragraph = passage(editor, "Paragraph").get_by_role("textbox")
    paragraph.click()
    editor.keyboard.press("End")
    editor.keyboard.type(" Sagt man.")
    expect(editor.locator(".passage__mixed")).to_have_text("This still contains the original.", timeout=TIMEOUT)
    expect_remaining(editor, 6)
    passage(editor, "Paragraph").get_by_label("It reads the same in both languages").check()
    expect_remaining(editor, 5)

    editor.goto(f"{server}/admin/translations/")
    editor.locator(".board__check input").first.check()
    expect(editor.get_by_role("button", name="Bring up to date", exact=True)).to_be_in_viewport()
    editor.goto(f"{server}/admin/")
    editor.get_by_role("link", name=TRANSLATED).first.click()
    expect(editor).to_have_url(address)
    expect(passage(editor, "Title").get_by_role("textbox")).to_have_value(TRANSLATED)
    expect(passage(editor, "Paragraph", 1).locator("[role=textbox] a")).to_have_text("la filière")

    editor.context.clear_cookies(name="sessionid")
    write_rich(editor, 0, "Und zwar schnell.")
    sign_in_again(editor)
    expect_remaining(editor, 4)
    write(editor, "Heading · Text", "Drei Sägewerke")
    write(editor, "Quote · Text", "Wir stellen ab morgen ein.")
    write(editor, "Alternative text", "Ein Sägewerk am Wasser")
    editor.get_by_role("button", name="Send for review").click()
    expect(editor.locator(".messages .error")).to_contain_text("1 passage is not translated yet", timeout=TIMEOUT)
    passage(editor, "Quote · Who says it").get_by_label("It reads the same in both languages").check()
    editor.get_by_role("button", name="Send for review").click()
    expect(editor.locator(".messages .success")).to_contain_text("for review", timeout=TIMEOUT)

    request = mailbox.wait_for(APPROVER, lambda text: TRANSLATED in text)
    approver = visit()
    resume_session(approver, server, "approver-lorraine")
    approver.goto(link_in(request, "/newsroom/answer/"))
    expect(passage(approver, "Standfirst").locator(".passage__source")).to_contain_text("Cent postes")
    expect(passage(approver, "Standfirst").locator(".passage__target")).to_contain_text("Hundert Stellen")
    assert [found for found in accessibility_violations(approver) if "passage" in found or "reading" in found] == []
    approver.get_by_role("button", name="Approve").click()
    expect(approver.locator(".messages .success")).to_contain_text(TRANSLATED)

    run_on_server(CHANGE.format(key=story))
    editor.goto(address)
    expect(editor.locator(".source-changes ins")).to_have_text("Deux cents")
    editor.get_by_role("button", name="Take the changes over").click()
    first = editor.locator(".passage").first
    expect(first.get_by_role("heading")).to_have_text("Standfirst")
    expect(first.locator(".passage__change ins")).to_have_text("Deux cents")
    first.get_by_role("textbox").fill("Zweihundert Stellen sind bis zum Sommer zu besetzen.")
    expect(editor.locator(".side-by-side__count")).to_contain_text("All 8 passages are translated", timeout=TIMEOUT)


def test_translation_editor_works_on_a_phone_and_for_two_people(server, visit, story):
    editor = visit(width=390)
    resume_session(editor, server, "editor-lorraine")
    begin(editor, server, story)
    second = visit()
    resume_session(second, server, "approver-lorraine")
    second.goto(editor.url)

    write(editor, "Title", TRANSLATED)
    expect_remaining(editor, 7)
    write(second, "Title", "Die Holzbranche stellt ein")
    line = second.locator("[data-save-state-line]")
    expect(line).to_contain_text("1 passage is not saved", timeout=TIMEOUT)
    second.reload()
    expect(line).to_contain_text("1 passage is not saved")
    expect(passage(second, "Title").get_by_role("textbox")).to_have_value("Die Holzbranche stellt ein")
    expect(passage(second, "Title").locator("blockquote")).to_have_text(TRANSLATED)
    passage(second, "Title").get_by_label("Put mine in its place").check()
    expect(line).to_contain_text("Saved at", timeout=TIMEOUT)
    passage(second, "Alternative text").get_by_role("link", name="Change the picture").click()
    expect(second.locator("#id_lead_image-chooser")).to_be_in_viewport(timeout=TIMEOUT)

    assert [found for found in accessibility_violations(editor) if "passage" in found or "textbox" in found] == []
    assert editor.evaluate("document.documentElement.scrollWidth") <= 390
    for box in (passage(editor, "Title").locator(".passage__source"), editor.get_by_role("button", name="Save")):
        assert box.bounding_box()["width"] <= 390
