"""Settings → Rules for all sites: only network administrators open it, and what they save counts on every site."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from portal.content.network.retention import NetworkRetention
from portal.editorial.models import SignInRule, SiteChecklist
from portal.editorial.roles import Role
from tests.audit.acts import last
from tests.builders import make_member, newsroom_client
from tests.editorial.network_rules.sending import RULES, data_of

ROLES = [Role.EDITOR, Role.APPROVER, Role.ORGANISER, Role.SITE_ADMINISTRATOR]


@pytest.fixture
def root(lorraine):
    return newsroom_client(lorraine, make_member("root", is_superuser=True))


def test_what_is_saved_is_shown_again(root):
    changed = {"retention-registration_days": "30", "retention-locks_registration_days": "on"}
    changed |= {"byline-article": "required", "lock-byline": "on"}

    assert root.post(RULES, data_of(root) | changed).status_code == 302

    shown = data_of(root)
    assert {name: shown.get(name) for name in changed} == changed


def test_unchanged_screen_saves_nothing(root):
    assert root.post(RULES, data_of(root)).status_code == 302

    assert not NetworkRetention.objects.exists()
    assert not SiteChecklist.objects.exists()
    assert not SignInRule.objects.exists()


def test_lock_without_a_period_is_refused_and_nothing_is_saved(root):
    sent = data_of(root) | {"retention-locks_form_days": "on", "byline-article": "required"}

    response = root.post(RULES, sent)

    assert response.status_code == 422
    assert "Choose the period that no site may change." in response.content.decode()
    assert not SiteChecklist.objects.exists()


def test_every_error_is_shown_at_once(root):
    sent = data_of(root) | {
        "retention-locks_form_days": "on",
        "title_length-article": "required",
        "editor-demanded_from": "somewhen",
    }

    html = BeautifulSoup(root.post(RULES, sent).content, "html.parser").get_text()

    assert "Choose the period" in html
    assert "Enter a limit" in html
    assert not SignInRule.objects.exists()


def test_rule_for_signing_in_is_stored_for_all_sites(root):
    root.post(RULES, data_of(root) | {"approver-demanded_from": "1/3/2027"})

    rule = SignInRule.objects.get()
    assert (rule.site, rule.role, rule.demanded_from) == (None, Role.APPROVER.value, date(2027, 3, 1))


def test_changes_are_in_the_audit_log_of_the_network(root):
    root.post(RULES, data_of(root) | {"retention-form_days": "30"})

    entry = last("portal.settings.create")
    assert (entry.site_key, entry.model) == (None, "core.NetworkRetention")


@pytest.mark.parametrize("role", ROLES)
def test_no_role_of_a_site_opens_or_saves_it(lorraine, newsroom, root, role):
    client, sent = newsroom_client(lorraine, newsroom[role]), data_of(root)

    assert client.get(RULES).status_code in (302, 403)
    assert client.post(RULES, sent | {"retention-form_days": "30"}).status_code in (302, 403)
    assert not NetworkRetention.objects.exists()


def test_menu_leads_there_only_for_network_administrators(lorraine, newsroom, root):
    of_site = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])

    assert RULES in root.get("/admin/").content.decode()
    assert RULES not in of_site.get("/admin/").content.decode()


def test_screen_of_signing_in_leads_to_the_rules_of_all_sites(root):
    assert RULES in root.get(reverse("sign_in_rules")).content.decode()
