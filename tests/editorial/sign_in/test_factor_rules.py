"""A second factor is required by role and site from a set day; network administrators need one at once."""

from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from portal.editorial.models import SignInRule
from portal.editorial.roles import Role
from tests.builders import make_member, newsroom_client
from tests.editorial.sign_in.acts import CODE, app_code, is_signed_in, sign_in, sign_in_with_code

FACTORS = "/admin/account/factors/"
RULES = "/admin/office/sign-in/"


@pytest.fixture
def demand(lorraine):
    def add(day: date, role: Role = Role.EDITOR, **facts):
        return SignInRule.objects.create(site=lorraine.site, role=role.value, demanded_from=day, **facts)

    return add


def test_user_without_the_factor_is_redirected_to_set_it_up(lorraine, editor, demand):
    demand(timezone.localdate())
    client = newsroom_client(lorraine, editor)

    assert client.get("/admin/pages/")["Location"] == FACTORS
    assert "Your role needs a second factor." in client.get(FACTORS).content.decode()


def test_factor_is_not_required_before_the_day(lorraine, editor, demand):
    demand(timezone.localdate() + timedelta(days=1))
    client = newsroom_client(lorraine, editor)

    assert is_signed_in(client)
    assert "your role needs a second factor" in client.get(FACTORS).content.decode()


def test_factor_is_not_required_of_the_role_on_another_site(saar, newsrooms, demand):
    demand(timezone.localdate())

    assert is_signed_in(newsroom_client(saar, newsrooms.saar[Role.EDITOR]))


def test_factor_is_not_required_of_other_roles(lorraine, approver, demand):
    demand(timezone.localdate())

    assert is_signed_in(newsroom_client(lorraine, approver))


def test_user_with_a_factor_is_not_redirected(lorraine, with_app, demand):
    demand(timezone.localdate())

    assert is_signed_in(newsroom_client(lorraine, with_app))


def test_required_factor_cannot_be_removed(browser, with_app, demand, clock):
    demand(date(2026, 1, 1))
    sign_in_with_code(browser, with_app)

    page = browser.post(f"{FACTORS}app/remove/")

    assert "Add another one before you remove this." in page.content.decode()
    assert with_app.authenticator_set.filter(type="totp").exists()


def test_last_required_passkey_cannot_be_removed(browser, editor, demand, clock):
    demand(date(2026, 1, 1))
    sign_in(browser, editor.username)
    facts = {"name": "Phone", "credential": {}}
    passkey = Authenticator.objects.create(user=editor, type=Authenticator.Type.WEBAUTHN, data=facts)

    page = browser.post(f"{FACTORS}passkeys/{passkey.pk}/remove/")

    assert "Add another one before you remove this." in page.content.decode()
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


def test_role_that_may_trust_no_browser_is_asked_each_time(browser, with_app, demand, clock):
    demand(date(2026, 1, 1), may_trust=False)
    sign_in(browser, with_app.username)
    assert browser.post(CODE, {"code": app_code()})["Location"] == "/admin/"


def test_trust_ends_when_the_role_may_trust_no_browser_any_more(browser, with_app, demand, clock):
    sign_in_with_code(browser, with_app, trust=True)
    browser.post("/admin/logout/")
    demand(date(2026, 1, 1), may_trust=False)

    assert sign_in(browser, with_app.username)["Location"] == CODE


@pytest.mark.parametrize(("is_demo", "is_led"), [(False, True), (True, False)])
def test_network_administrator_needs_a_factor_except_in_the_demo(lorraine, settings, is_demo, is_led):
    settings.DEMO = is_demo
    client = newsroom_client(lorraine, make_member("network", is_superuser=True))

    assert (client.get("/admin/").status_code == 302) is is_led


def test_administrator_of_the_network_sets_the_rule(lorraine, saar):
    client = newsroom_client(lorraine, make_member("network", is_superuser=True))
    prefix = f"{lorraine.site.pk}-{Role.APPROVER.value}"

    client.post(reverse("sign_in_rules"), {f"{prefix}-demanded_from": "1/3/2027", f"{prefix}-may_trust": "on"})

    rule = SignInRule.objects.get(demanded_from=date(2027, 3, 1))
    assert (rule.site, rule.role, rule.may_trust) == (lorraine.site, Role.APPROVER.value, True)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER, Role.SITE_ADMINISTRATOR])
def test_rules_are_closed_to_other_roles(lorraine, newsroom, role):
    client = newsroom_client(lorraine, newsroom[role])

    assert client.get(RULES).status_code in (302, 403)
    assert client.post(RULES, {}).status_code in (302, 403)
    assert SignInRule.objects.count() == 0


def test_checkboxes_of_the_rules_have_labels_on_a_phone(lorraine):
    client = newsroom_client(lorraine, make_member("network", is_superuser=True))
    page = BeautifulSoup(client.get(RULES).content, "html.parser")

    # phone.css shows no column name beside a checkbox that is directly in the cell, as for selecting rows.
    assert page.select(".sign-in-rules input[type=checkbox]")
    assert not page.select(".sign-in-rules td > input[type=checkbox]")


@pytest.mark.parametrize("kind", ["", "saml/"])
def test_fields_of_the_table_of_claims_have_labels(lorraine, kind):
    client = newsroom_client(lorraine, make_member("network", is_superuser=True))
    page = BeautifulSoup(client.get(f"/admin/office/sign-in/providers/add/{kind}").content, "html.parser")

    fields = page.select("table.listing :is(input:not([type=hidden]), select)")
    assert len(fields) == 9
    assert all(page.find("label", attrs={"for": field["id"]}) for field in fields)
