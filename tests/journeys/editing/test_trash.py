"""A site administrator deletes a section by mistake, undoes it, deletes it again, and restores it the next day.

After a deletion, “Undo” is on every page of the newsroom for a minute.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import TIMEOUT, resume_session
from tests.journeys.pages import accessibility_violations

SECTION = """
from wagtail.models import Site
from home.models import SectionPage, StandardPage
home = Site.objects.get(is_default_site=True).root_page.specific
section = home.add_child(instance=SectionPage(title="Rivières", slug="rivieres", locale=home.locale))
for number in range(3):
    section.add_child(instance=StandardPage(title=f"Berge {number}", slug=f"berge-{number}", locale=home.locale))
print(section.pk, home.locale.language_code)
"""
ONE_DAY_AGO = """
from datetime import timedelta
from django.db.models import F
from portal.content.models import TrashedPage
TrashedPage.objects.update(deleted_at=F("deleted_at") - timedelta(days=1))
"""
RECORD = """
from wagtail.models import Site
from portal.content.models import Person
site = Site.objects.get(is_default_site=True)
Person.objects.filter(name="Berthe Rivière").delete()
print(Person.objects.create(name="Berthe Rivière", site=site).pk)
"""
REMOVE_RECORD = """
from portal.content.models import DeletedRecord, Person
Person.objects.filter(name="Berthe Rivière").delete()
DeletedRecord.objects.filter(title="Berthe Rivière").delete()
"""
REMOVE = """
from wagtail.models import Page
page = Page.objects.filter(pk={key}).first()
page and page.delete()
"""


def test_section_deleted_by_mistake_comes_back(server, visit, run_on_server):
    key, language = run_on_server(SECTION).split()
    address = f"{server}/{language}/rivieres/berge-1/"
    page = visit()
    resume_session(page, server, "admin")

    def status() -> int:
        return page.request.get(address).status

    def delete() -> None:
        page.goto(f"{server}/admin/pages/{key}/delete/")
        expect(page.get_by_text("3 pages below “Rivières” go with it.")).to_be_visible()
        page.get_by_role("button", name="Put into the trash").click()
        expect(page.locator(".messages .success")).to_contain_text("“Rivières” is in the trash.", timeout=TIMEOUT)

    try:
        assert status() == 200
        delete()
        assert status() == 410
        # Longer than any message that hides itself.
        page.wait_for_timeout(3_000)
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".messages .success")).to_contain_text("“Rivières” is restored.", timeout=TIMEOUT)
        assert status() == 200

        delete()
        run_on_server(ONE_DAY_AGO)
        page.goto(f"{server}/admin/pages/{key}/edit/")
        expect(page).to_have_url(f"{server}/admin/trash/{key}/")
        expect(page.get_by_text("It can be restored for 59 more days.")).to_be_visible()
        page.goto(f"{server}/admin/trash/")
        assert accessibility_violations(page, within="main") == []
        page.get_by_role("button", name="Restore “Rivières”").click()
        expect(page.locator(".messages .success")).to_contain_text("“Rivières” is restored.", timeout=TIMEOUT)
        assert status() == 200
    finally:
        run_on_server(REMOVE.format(key=key))


# Whether a message was added to the status region after it had been taken out: screen readers announce only that.
ANNOUNCEMENTS = """
window.announced = false;
let isTakenOut = false;
const isMessage = (node) => node.textContent.includes("Berthe Rivière");
new MutationObserver((changes) => {
  for (const change of changes.filter((each) => each.target.matches?.(".messages[role=status] *"))) {
    isTakenOut ||= [...change.removedNodes].some(isMessage);
    window.announced ||= isTakenOut && [...change.addedNodes].some(isMessage);
  }
}).observe(document, { childList: true, subtree: true });
"""


@pytest.fixture
def deleted(server, visit, run_on_server) -> Page:
    """The window in which a person was just deleted; the test can move its clock."""
    key = run_on_server(RECORD).strip()
    page = visit()
    resume_session(page, server, "admin")
    page.goto(f"{server}/admin/snippets/core/person/delete/{key}/")
    page.clock.install()
    page.add_init_script(ANNOUNCEMENTS)
    page.get_by_role("button", name="Yes, delete").click()
    expect(page.locator("[data-undo-seconds]")).to_contain_text("Berthe Rivière", timeout=TIMEOUT)
    yield page
    run_on_server(REMOVE_RECORD)


def test_undo_is_announced_and_does_not_take_the_focus(deleted):
    deleted.clock.run_for(1_000)

    expect(deleted.get_by_role("button", name="Undo")).to_be_visible()
    assert deleted.evaluate("window.announced")
    assert deleted.evaluate("document.activeElement.closest('[data-undo-seconds]')") is None
    assert accessibility_violations(deleted, within=".messages") == []


def test_undo_goes_away_after_its_minute(deleted):
    deleted.clock.run_for(55_000)
    expect(deleted.get_by_role("button", name="Undo")).to_be_visible()

    deleted.clock.run_for(10_000)

    expect(deleted.locator("[data-undo-seconds]")).to_have_count(0)


def test_undo_stays_while_it_has_the_focus(deleted):
    deleted.clock.run_for(1_000)
    deleted.get_by_role("button", name="Undo").focus()
    deleted.clock.run_for(90_000)
    expect(deleted.get_by_role("button", name="Undo")).to_be_focused()

    deleted.evaluate("document.activeElement.blur()")
    deleted.clock.run_for(2_000)

    expect(deleted.locator("[data-undo-seconds]")).to_have_count(0)


def test_undo_on_the_next_page_brings_the_person_back(server, deleted):
    deleted.goto(f"{server}/admin/images/")
    deleted.get_by_role("button", name="Undo").click()

    expect(deleted.locator(".messages .success")).to_contain_text("“Berthe Rivière” is restored.", timeout=TIMEOUT)
    deleted.goto(f"{server}/admin/images/")
    expect(deleted.locator("[data-undo-seconds]")).to_have_count(0)
