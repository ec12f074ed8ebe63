"""A reader without JavaScript requests a sheet and opens it from the email; the site's admin sees the request."""

import re
import time
import urllib.request
from email.message import EmailMessage

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.newsroom import resume_session
from tests.sink import Sink

ADDRESS = "camille.sheet@reader.example"
STORY = "/fr/developpement-economique/industrie/engrenages-thiebert-pompey/"
TITLE = "Remettre un réducteur à neuf"


def mail_to(mail_server: Sink, address: str, seconds: int = 90) -> EmailMessage:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for message in mail_server.messages():
            if message["To"] == address:
                return message
        time.sleep(0.3)
    raise AssertionError(f"no email to {address}, only to {[message['To'] for message in mail_server.messages()]}")


def test_sheet_is_emailed_without_marketing_consent(server, visit, mail_server):
    reader = visit(width=360, java_script_enabled=False)
    reader.goto(f"{server}{STORY}")
    reader.locator(".sheet a").click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text(TITLE)

    reader.locator("main form button").click()
    summary = reader.locator("[role=alert]")
    expect(summary).to_be_visible()
    summary.get_by_role("link").first.click()
    assert reader.url.endswith("#id_address")

    reader.locator("#id_address").fill(ADDRESS)
    reader.locator("[name=answer-0]").fill("Carrières du Plateau")
    reader.locator("[name=purpose]").check()
    reader.wait_for_timeout(2500)
    reader.locator("main form button").click()
    expect(reader).to_have_url(re.compile("/sent/$"))
    assert reader.context.cookies() == []

    message = mail_to(mail_server, ADDRESS)
    assert TITLE in message["Subject"]
    text = message.get_body(("plain",)).get_content()
    link = re.search(r"http\S+/_sheets/get/\S+", text)[0]
    assert "Carrières" not in text
    with urllib.request.urlopen(link, timeout=30) as response:
        assert response.read(5) == b"%PDF-"
        assert response.headers["Content-Disposition"].startswith("attachment")

    administrator = visit()
    resume_session(administrator, server, "siteadmin-lorraine")
    administrator.goto(f"{server}/admin/sheet-requests/")
    expect(administrator.get_by_text(ADDRESS)).to_be_visible()
    expect(administrator.get_by_text("Carrières du Plateau")).to_be_visible()
    other_administrator = visit()
    resume_session(other_administrator, server, "siteadmin-saar")
    other_administrator.goto(f"{server}/admin/sheet-requests/")
    expect(other_administrator.get_by_text(ADDRESS)).to_have_count(0)


def test_forms_have_no_accessibility_violation(server, visit):
    for path in ("/fr/contact/", "/de/kontakt/", "/en/contact/"):
        for scheme in ("light", "dark"):
            page = visit(width=360, scheme=scheme)
            page.goto(f"{server}{path}")
            assert Axe().run(page).response["violations"] == []
            page.locator("main form button").click()
            expect(page.locator("[role=alert]")).to_be_focused()
            assert Axe().run(page).response["violations"] == []
