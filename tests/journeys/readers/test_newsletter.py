"""A reader signs up at the foot of a page, receives the next issue, and unsubscribes with one click."""

import re
import time
from datetime import timedelta
from email.message import EmailMessage
from itertools import product

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.newsroom import TIMEOUT, resume_session, send_for_review
from tests.sink import Sink

# Checks of an email in a browser: width, pictures, background, and the lowest contrast of text.
LOOK = """() => {
    const rgb = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const part = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const light = (colour) => rgb(colour).map(part).reduce((sum, value, n) => sum + value * [0.2126, 0.7152, 0.0722][n], 0);
    const ground = getComputedStyle(document.querySelector(".sheet")).backgroundColor;
    const contrasts = [...document.querySelectorAll(".sheet .ink div, .sheet .prose div, .sheet .quiet div")].map((text) => {
        const [one, other] = [light(getComputedStyle(text).color), light(ground)];
        return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    });
    return {
        fits: document.documentElement.scrollWidth <= innerWidth,
        pictures: document.images.length,
        broken: [...document.images].filter((i) => !i.complete || !i.naturalWidth || !i.hasAttribute("alt")).map((i) => i.src),
        ground,
        contrast: Math.min(...contrasts),
    };
}"""
ADDRESS = "camille@reader.example"
TITLE = "La lettre du jour"


def mail_for(mail_server: Sink, address: str, subject: str, seconds: int = 60) -> EmailMessage:
    """The email to this address with this text in its subject, once it has arrived."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for message in mail_server.messages():
            if message["To"] == address and subject in message["Subject"]:
                return message
        time.sleep(0.3)
    raise AssertionError(f"no mail about {subject!r}; there are {[m['Subject'] for m in mail_server.messages()]}")


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return part.get_content()


def link_in(message: EmailMessage, step: str) -> str:
    found = re.search(rf"http\S+/{step}/\S*", text_of(message))
    assert found
    return found[0]


@pytest.mark.usefixtures("no_reviews")
def test_reader_signs_up_receives_the_issue_and_leaves(server, visit, mail_server):
    reader = visit(width=360, java_script_enabled=False)
    reader.goto(f"{server}/fr/")
    box = reader.get_by_role("contentinfo").locator("form")
    box.locator("input[type=email]").fill(ADDRESS)
    box.locator("button").click()
    expect(reader.locator("input[name=address]").first).to_have_value(ADDRESS)
    reader.locator("main input[name=consent]").check()
    reader.wait_for_timeout(2500)
    reader.locator("main form button").click()
    expect(reader).to_have_url(f"{server}/fr/_newsletter/thanks/")

    requested = mail_for(mail_server, ADDRESS, "lorrain")
    reader.goto(link_in(requested, "confirm"))
    reader.locator("main form button").click()
    expect(reader.locator("main form")).to_have_count(0)
    assert reader.context.cookies() == []

    editor = visit()
    resume_session(editor, server, "editor-lorraine")
    editor.goto(f"{server}/admin/")
    editor.get_by_role("link", name="Newsletter", exact=True).click()
    editor.get_by_role("link", name="New issue").click()
    editor.get_by_label("Title").fill(TITLE)
    editor.get_by_role("button", name="Create the issue").click()
    expect(editor).to_have_url(re.compile(r"/admin/pages/\d+/edit/$"), timeout=TIMEOUT)
    expect(editor.locator("[data-contentpath=content]").get_by_text("Talents").first).to_be_attached()
    send_for_review(editor)
    expect(editor.locator(".messages .success").first).to_be_visible(timeout=TIMEOUT)
    assert not [message for message in mail_server.messages() if message["Subject"] == TITLE]

    approver = visit()
    resume_session(approver, server, "approver-lorraine")
    approver.goto(f"{server}/admin/")
    approver.get_by_role("link", name=TITLE).first.click()
    send = approver.get_by_role("button", name=re.compile(r"^Send to [\d,]+ subscribers? now$"))
    label = send.inner_text()
    expect(approver.frame_locator("iframe").get_by_text(TITLE).first).to_be_visible(timeout=TIMEOUT)
    send.click()
    expect(approver.get_by_text("A mail that is sent cannot be taken back.")).to_be_visible(timeout=TIMEOUT)
    expect(approver.frame_locator("iframe").get_by_text(TITLE).first).to_be_visible(timeout=TIMEOUT)
    assert not [message for message in mail_server.messages() if message["Subject"] == TITLE]
    approver.get_by_role("button", name=label).click()
    expect(approver.locator(".messages .success").first).to_be_visible(timeout=TIMEOUT)

    issue = mail_for(mail_server, ADDRESS, TITLE)
    assert issue["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    on_the_web = re.search(r"http\S+/lettre/\S+", text_of(issue))
    assert on_the_web
    reader.goto(on_the_web[0])
    expect(reader.get_by_role("heading", level=1)).to_have_text(TITLE)

    reader.goto(link_in(issue, "preferences"))
    reader.locator("input[name=rhythm][value=weekly]").check()
    reader.locator("main form button").first.click()
    expect(reader.locator("input[name=rhythm][value=weekly]")).to_be_checked()

    reader.goto(link_in(issue, "leave"))
    reader.locator("main form button").click()
    expect(reader.locator("main form")).to_have_count(0)
    reader.goto(link_in(issue, "preferences"))
    expect(reader.locator("input[name=rhythm]")).to_have_count(0)


def test_issue_is_previewed_as_a_mail(server, visit):
    """The modes of a page's preview, each in the newsroom's own frame."""
    admin = visit()
    resume_session(admin, server, "siteadmin-lorraine")
    admin.goto(f"{server}/admin/newsletter/")
    admin.get_by_role("link", name="New issue").click()
    admin.get_by_label("Title").fill("La lettre de demain")
    # The suggested period may be so short that it has no story.
    admin.get_by_label("First day").fill((timezone.localdate() - timedelta(days=14)).isoformat())
    admin.get_by_label("First day").press("Tab")
    admin.get_by_role("button", name="Create the issue").click()
    expect(admin).to_have_url(re.compile(r"/admin/pages/\d+/edit/$"), timeout=TIMEOUT)
    key = admin.url.rstrip("/").split("/")[-2]
    for width, scheme, mode in [*product((360, 1280), ("light", "dark"), ("mail",)), (1280, "light", "dark")]:
        admin.set_viewport_size({"width": width, "height": 900})
        admin.emulate_media(color_scheme=scheme)
        admin.goto(f"{server}/admin/pages/{key}/view_draft/?mode={mode}")
        look = admin.evaluate(LOOK)
        assert look["fits"], (width, scheme)
        assert look["pictures"] > 0
        assert look["broken"] == []
        assert look["ground"] == ("rgb(32, 34, 37)" if "dark" in (scheme, mode) else "rgb(255, 255, 255)")
        # The minimum of WCAG 2.2 for text of this size (1.4.3).
        assert look["contrast"] >= 4.5, (width, scheme)
    admin.emulate_media(color_scheme="light")
    admin.set_viewport_size({"width": 1280, "height": 900})
    admin.goto(f"{server}/admin/pages/{key}/view_draft/?mode=phone")
    phone = admin.frame_locator("iframe")
    expect(phone.locator("h1")).to_be_visible()
    admin.goto(f"{server}/admin/pages/{key}/view_draft/?mode=text")
    expect(admin.locator("pre")).to_contain_text("====")
