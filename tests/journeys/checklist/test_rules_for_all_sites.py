"""A network administrator locks a line of the checklist; a site's administrator sees that, and cannot change it."""

import pytest
from playwright.sync_api import expect

from tests.journeys.newsroom import TIMEOUT, resume_session
from tests.journeys.pages import accessibility_violations

SET_FOR_ALL = "Set for all sites by the network's administrator"
LEVEL = """
from django.utils import timezone
from articles.models import ArticlePage
from portal.editorial.approval.completeness import missing_findings
page = ArticlePage.objects.live().get(slug="thionville-fonderie-four-electrique")
page.search_description = ""
print("description" in [finding.code for finding in missing_findings(page, timezone.now())])
"""
UNLOCK = """
from portal.content.network.retention import NetworkRetention
from portal.editorial.models import SiteChecklist
SiteChecklist.objects.filter(site=None).delete()
NetworkRetention.objects.all().delete()
"""


@pytest.fixture
def unlocked_after(run_on_server):
    yield
    run_on_server(UNLOCK)


def test_locked_values_are_shown_and_cannot_be_changed(server, visit, run_on_server, unlocked_after):
    network = visit()
    resume_session(network, server, "admin")
    network.goto(f"{server}/admin/office/rules/")
    assert accessibility_violations(network) == []
    network.get_by_label("Description for search engines: Article", exact=True).select_option("required")
    network.get_by_label("No site may change it: Description for search engines").check()
    network.get_by_label("Registrations are deleted after").select_option("30")
    network.get_by_label("No site may change the period of registrations").check()
    network.get_by_role("button", name="Save", exact=True).click()
    expect(network.get_by_text("The rules are saved.")).to_be_visible(timeout=TIMEOUT)
    assert run_on_server(LEVEL).strip() == "True"

    site = visit()
    resume_session(site, server, "siteadmin-lorraine")
    site.goto(f"{server}/admin/office/checklist/")
    row = site.get_by_role("row").filter(has_text="Description for search engines")
    expect(row).to_contain_text(SET_FOR_ALL)
    expect(row.get_by_role("combobox")).to_have_count(0)
    assert accessibility_violations(site) == []

    # A forged form has the field that the page does not show.
    site.evaluate(
        """() => {
            const field = Object.assign(document.createElement("input"), {name: "description-article", value: "off"});
            document.querySelector("form.site-checklist").append(field);
        }"""
    )
    site.get_by_role("button", name="Save", exact=True).click()
    expect(site.get_by_text("The checklist is saved.")).to_be_visible(timeout=TIMEOUT)
    assert run_on_server(LEVEL).strip() == "True"

    site.goto(f"{server}/admin/settings/events/eventsettings/")
    expect(site.get_by_text(f"{SET_FOR_ALL}: 30 days")).to_be_visible(timeout=TIMEOUT)
