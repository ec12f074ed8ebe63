"""Opening a page to read it saves nothing."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import TIMEOUT, autosaved, resume_session

# The fullest page of each kind, and a recap with photos.
FULLEST = """
from events.models import RecapPage
from portal.content.kinds import kinds
from portal.media.models import Image
for kind in kinds():
    bodies = {page.pk: len(str(page.serializable_data())) for page in kind.model.objects.exact_type(kind.model)}
    if bodies:
        print(max(bodies, key=bodies.get))
recap = RecapPage.objects.first()
recap.photos = [("photo", {"image": image, "alt": "Une photo", "credit": ""}) for image in Image.objects.all()[:6]]
recap.save_revision()
print(recap.pk)
"""
REVISIONS = """
from wagtail.models import Page, Revision
page = Page.objects.get(pk={key})
print(page.revisions.count(), page.latest_revision and page.latest_revision.created_at)
"""
# As Draftail writes the texts when its editors start late: without spaces, and an empty text as null.
NOTATION = """() => {
    for (const field of document.querySelectorAll("form[data-edit-form] input[type=hidden]")) {
        if (!field.value.includes('"entityMap"')) continue;
        const text = JSON.parse(field.value);
        field.value = text.blocks.some((block) => block.text) ? JSON.stringify(text) : "null";
    }
}"""
# Wagtail notices changes after three seconds, and saves three seconds later.
LONGER_THAN_AN_AUTOSAVE = 9000
TABS = 4
# Milliseconds to load a page while others are loaded.
SEVERAL_PAGES = 60_000


def saves_of(page: Page) -> list[str]:
    """A list that collects the page's requests that save a form."""
    saves: list[str] = []
    page.on("request", lambda request: saves.append(request.url) if is_save(request) else None)
    return saves


def is_save(request) -> bool:
    return request.method == "POST" and request.url.endswith("/edit/")


@pytest.fixture
def reader(server, visit) -> Page:
    page = visit()
    resume_session(page, server, "admin")
    return page


def test_opening_a_page_of_any_kind_saves_nothing(server, reader, run_on_server):
    keys = list(dict.fromkeys(run_on_server(FULLEST).split()))
    saves = []

    for start in range(0, len(keys), TABS):
        tabs = [reader.context.new_page() for _key in keys[start : start + TABS]]
        found = [saves_of(tab) for tab in tabs]
        for tab, key in zip(tabs, keys[start:], strict=False):
            tab.goto(f"{server}/admin/pages/{key}/edit/", timeout=SEVERAL_PAGES)
            expect(tab.locator("form[data-edit-form]")).to_be_attached(timeout=TIMEOUT)
        tabs[-1].wait_for_timeout(LONGER_THAN_AN_AUTOSAVE)
        saves += [address for addresses in found for address in addresses]
        for tab in tabs:
            tab.close()

    assert saves == []


def test_formatted_texts_written_in_another_notation_are_not_saved(server, reader, run_on_server):
    key = run_on_server(FULLEST).split()[-1]
    before = run_on_server(REVISIONS.format(key=key))
    reader.goto(f"{server}/admin/pages/{key}/edit/", timeout=SEVERAL_PAGES)
    reader.wait_for_timeout(4000)

    reader.evaluate(NOTATION)
    reader.wait_for_timeout(LONGER_THAN_AN_AUTOSAVE)

    assert run_on_server(REVISIONS.format(key=key)) == before


def test_bold_alone_is_saved(server, reader, run_on_server):
    key = run_on_server(FULLEST).split()[-1]
    reader.goto(f"{server}/admin/pages/{key}/edit/", timeout=SEVERAL_PAGES)
    reader.wait_for_timeout(4000)

    reader.locator("[data-contentpath=body] [contenteditable=true]").first.click()
    reader.keyboard.press("Control+a")
    reader.keyboard.press("Control+b")

    autosaved(reader)
