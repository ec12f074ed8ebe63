"""A site administrator deletes a section by mistake, undoes it, deletes it again, and restores it the next day."""

from playwright.sync_api import expect

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
