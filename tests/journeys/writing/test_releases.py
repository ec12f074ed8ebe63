"""A release is built, refused to its author, approved, seen by readers at its minute, and undone."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.mailbox import link_in
from tests.journeys.newsroom import TIMEOUT, resume_session
from tests.journeys.screens import violations

TITLE = "La rentrée d’un coup"
ENTRY, SUBSCRIBER = "Élections", "lectrice-parution@reader.example"
DRAFTS = """
from articles.models import ArticlePage
from django.contrib.auth import get_user_model
model = ArticlePage.objects.live().get(slug="thionville-fonderie-four-electrique")
owner = get_user_model().objects.get(username="editor-lorraine")
found = []
for number in range(2):
    texts = {"title": f"Rentrée {number}", "slug": f"rentree-{number}", "owner": owner}
    page = model.copy(update_attrs=texts, keep_live=False, copy_revisions=False, user=owner)
    page.save_revision(user=owner)
    found.append(f"{page.pk} {page.url}")
print("\\n".join(found))
"""
SOON = """
from datetime import timedelta
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from portal.editorial.models import Release
from wagtail.models import Revision
release = Release.objects.get(title="La rentrée d’un coup", state="approved")
at = timezone.now() + timedelta(seconds=8)
Revision.objects.filter(release_items__release=release).update(approved_go_live_at=at)
Release.objects.filter(pk=release.pk).update(at=at)
tasks = DBTaskResult.objects.filter(task_path__endswith="publish_release", status="READY")
tasks.update(run_after=at - timedelta(seconds=2))
print(at.timestamp())
"""
LETTER = """
from datetime import timedelta
from django.contrib.auth import get_user_model
from django.utils import timezone
from portal.newsletter.models import IssuePage, NewsletterPage, Rhythm, Subscriber
from portal.newsletter.subscribers.subscription import hash_of_address
from wagtail.models import Site
letters = NewsletterPage.objects.live().filter(locale__language_code="fr")
letter = next(each for each in letters if each.get_site().is_default_site)
address, now = "%s", timezone.now() - timedelta(hours=1)
Subscriber.objects.get_or_create(site=letter.get_site(), address=address, defaults={
    "address_hash": hash_of_address(address), "language": "fr", "rhythm": Rhythm.ISSUES,
    "state": Subscriber.State.ACTIVE, "asked_at": now, "confirmed_at": now,
})
issue = IssuePage(title="Rentrée, la lettre", slug="rentree-lettre", locale=letter.locale, live=False)
entry = {"page": %s, "title": "", "text": ""}
issue.content = [{"type": "group", "value": {"title": "À la une", "section": None, "stories": [entry], "events": []}}]
letter.add_child(instance=issue)
issue.save_revision(user=get_user_model().objects.get(username="editor-lorraine"))
"""
DELETE = """
from wagtail.models import Page
from portal.editorial.models import Release
Release.objects.filter(title="La rentrée d’un coup").delete()
for page in Page.objects.filter(title__startswith="Rentrée"):
    page.delete()
"""


@pytest.fixture
def rentree(server, run_on_server) -> list[tuple[str, str]]:
    """The primary key and the address of two drafts."""
    run_on_server(DELETE)
    found = [line.split() for line in run_on_server(DRAFTS).strip().splitlines()]
    yield [(key, f"{server}/{'/'.join(url.split('/')[-4:])}") for key, url in found]
    run_on_server(DELETE)


def status(page: Page, address: str) -> int:
    return page.request.get(address).status


def wait_until_seen(page: Page, address: str) -> float:
    """Ask every 50 ms as a reader would; return the time at which the page was seen first."""
    for _turn in range(600):
        if status(page, address) == 200:
            return datetime.now().timestamp()  # noqa: DTZ005 - in seconds since 1970
        page.wait_for_timeout(50)
    raise AssertionError(f"{address} was not seen")


def begin(page: Page, server: str, key: str) -> str:
    """Begin a release from one of its pages; return its address."""
    page.goto(f"{server}/admin/pages/{key}/release/")
    page.get_by_role("link", name="New release").click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Readers see it from").fill(f"{datetime.now() + timedelta(days=1):%d.%m.%Y} 18:00")  # noqa: DTZ005
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".messages .success")).to_contain_text(TITLE, timeout=TIMEOUT)
    return page.url


def add(page: Page, title: str) -> None:
    page.get_by_label("Find a page").fill(title)
    page.locator(".release-find").get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("button", name=f"Publish {title}").click()
    expect(page.locator(".messages .success")).to_contain_text(title, timeout=TIMEOUT)


def menu_of(page: Page, server: str) -> str:
    page.goto(f"{server}/fr/")
    return page.get_by_role("banner").text_content()


def test_release_is_built_refused_approved_seen_and_undone(server, visit, run_on_server, rentree):
    (first, first_address), (_second, second_address) = rentree
    editor, approver, reader = visit(), visit(), visit()
    resume_session(editor, server, "editor-lorraine")
    resume_session(approver, server, "approver-lorraine")

    # Built: begun from a page, which is added; the second is found by a search.
    address = begin(editor, server, first)
    add(editor, "Rentrée 1")
    assert violations(editor) == []

    # Refused: the author is no second person.
    editor.get_by_role("button", name="Approve the release").click()
    expect(editor.locator(".messages .error, .messages .critical").first).to_be_visible(timeout=TIMEOUT)
    assert status(reader, first_address) == 404

    # Previewed as a whole by the approver; links stay within the preview, and readers see nothing of it.
    approver.goto(address)
    with approver.expect_popup() as opened:
        approver.get_by_role("link", name="Preview the site").click()
    preview = opened.value
    expect(preview.locator(".guest-banner")).to_contain_text(TITLE, timeout=TIMEOUT)
    assert violations(preview) == []
    preview.goto(preview.url.rstrip("/").rpartition("/")[0] + "/" + second_address.split("/", 3)[3])
    expect(preview.locator("h1")).to_contain_text("Rentrée 1", timeout=TIMEOUT)
    preview.locator(".masthead a[href*='/preview/']").first.click()
    expect(preview.locator(".guest-banner")).to_contain_text(TITLE, timeout=TIMEOUT)
    assert status(reader, second_address) == 404
    preview.close()

    # Approved by the approver, who sees what is in it.
    approver.goto(address)
    approver.get_by_role("button", name="Approve the release").click()
    expect(approver.locator(".messages .success")).to_contain_text("approved", timeout=TIMEOUT)
    assert violations(approver) == []

    # Seen at its minute, both at once.
    at = float(run_on_server(SOON))
    assert (status(reader, first_address), status(reader, second_address)) == (404, 404)
    seen = wait_until_seen(reader, second_address)
    assert status(reader, first_address) == 200
    assert seen >= at

    # Undone by one button.
    approver.goto(address)
    approver.get_by_role("button", name="Undo the release").click()
    expect(approver.locator(".release-facts")).to_contain_text("Undone by", timeout=TIMEOUT)
    assert violations(approver) == []
    assert {status(reader, first_address), status(reader, second_address)} <= {404, 410}


def test_menu_changes_with_a_release_and_comes_back_with_its_undo(server, visit, run_on_server, rentree):
    (first, address), _second = rentree
    builder, approver, reader = visit(), visit(), visit(width=390)
    resume_session(builder, server, "siteadmin-lorraine")
    resume_session(approver, server, "admin")

    release = begin(builder, server, first)

    # The address is mistyped once: the form stays, with what was typed.
    builder.get_by_role("link", name="Change the menu of L’Élan lorrain").click()
    builder.get_by_role("button", name="Insert a block").first.click()
    builder.get_by_role("option", name="address").click()
    builder.get_by_role("textbox", name="Label").fill(ENTRY)
    builder.get_by_role("textbox", name="Address").fill("elections")
    builder.get_by_role("button", name="Save", exact=True).click()
    expect(builder.get_by_text("Enter a valid URL.").first).to_be_visible(timeout=TIMEOUT)
    assert builder.get_by_role("textbox", name="Label").input_value() == ENTRY
    builder.get_by_role("textbox", name="Address").fill("https://example.org/elections")
    assert violations(builder) == []
    builder.get_by_role("button", name="Save", exact=True).click()
    expect(builder.locator(".release-menus")).to_contain_text(ENTRY, timeout=TIMEOUT)

    approver.goto(release)
    approver.get_by_role("button", name="Approve the release").click()
    expect(approver.locator(".messages .success")).to_contain_text("approved", timeout=TIMEOUT)
    assert ENTRY not in menu_of(reader, server)

    run_on_server(SOON)
    wait_until_seen(reader, address)
    assert ENTRY in menu_of(reader, server)

    approver.goto(release)
    approver.get_by_role("button", name="Undo the release").click()
    expect(approver.locator(".release-facts")).to_contain_text("Undone by", timeout=TIMEOUT)
    assert ENTRY not in menu_of(reader, server)


def test_letter_leaves_with_the_story_of_its_release(server, visit, run_on_server, rentree, mailbox, mail_server):
    (first, address), _second = rentree
    editor, approver, reader = visit(), visit(width=390), visit()
    resume_session(editor, server, "editor-lorraine")
    resume_session(approver, server, "approver-lorraine")
    run_on_server(LETTER % (SUBSCRIBER, first))

    release = begin(editor, server, first)
    add(editor, "Rentrée, la lettre")

    # The approver reads on a phone how many people get it.
    approver.goto(release)
    expect(approver.get_by_text("Sent by mail with the release:")).to_contain_text(re.compile(r"\d"))
    approver.get_by_role("button", name="Approve the release").click()
    expect(approver.locator(".messages .success")).to_contain_text("approved", timeout=TIMEOUT)
    assert not [mail for mail in mail_server.messages() if mail["to"] == SUBSCRIBER]

    run_on_server(SOON)
    wait_until_seen(reader, address)
    letter = mailbox.wait_for(SUBSCRIBER, lambda text: "Rentrée, la lettre" in text)
    assert status(reader, link_in(letter, "rentree-0")) == 200


@pytest.mark.parametrize("path", ["releases/", "releases/add/"])
@pytest.mark.parametrize("width", [390, 1280])
def test_screens_have_no_barriers(server, visit, path, width):
    page = visit(width=width)
    resume_session(page, server, "editor-lorraine")
    page.goto(f"{server}/admin/{path}")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_menu_leads_to_the_releases(server, visit):
    page = visit()
    resume_session(page, server, "editor-lorraine")
    page.goto(f"{server}/admin/")
    page.get_by_role("link", name="Releases", exact=True).click()

    expect(page).to_have_url(re.compile(r"/admin/releases/$"), timeout=TIMEOUT)
