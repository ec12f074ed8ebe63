"""Users list and end their sessions; changes to an account end its sessions, and require reauthentication."""

from urllib.parse import unquote

import pytest
from django.test import Client

from portal.audit.models import UnchainedAct
from portal.editorial.models import SignInRule
from portal.editorial.roles import Role
from tests.builders import make_member, newsroom_client
from tests.editorial.sign_in.acts import CODE, PASSWORD, is_signed_in, recovery_codes, sign_in, sign_in_with_code

SESSIONS = "/admin/account/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


@pytest.fixture
def phone(lorraine, editor) -> Client:
    client = lorraine.reader(accept_language="en")
    client.defaults |= {"HTTP_USER_AGENT": PHONE, "REMOTE_ADDR": "203.0.113.7"}
    sign_in(client, editor.username)
    return client


@pytest.fixture
def desk(browser, editor) -> Client:
    browser.defaults |= {"HTTP_USER_AGENT": FIREFOX, "REMOTE_ADDR": "192.0.2.1"}
    sign_in(browser, editor.username)
    return browser


def test_list_shows_browser_and_network(desk, phone):
    shown = desk.get(SESSIONS).content.decode()

    assert "Firefox, Linux" in shown
    assert "Safari, iPhone" in shown
    assert "this network" in shown
    assert "203.0.113.0/24" in shown


def test_sessions_of_others_are_not_listed(desk, lorraine, approver):
    other = lorraine.reader()
    other.defaults |= {"HTTP_USER_AGENT": PHONE, "REMOTE_ADDR": "198.51.100.9"}
    sign_in(other, approver.username)

    assert "198.51.100" not in desk.get(SESSIONS).content.decode()


def test_one_session_is_ended(desk, phone, editor):
    there = editor.usersession_set.get(ip="203.0.113.7")

    desk.post(SESSIONS, {"session": there.pk})

    assert not is_signed_in(phone)
    assert is_signed_in(desk)


def test_session_of_another_account_is_not_ended(desk, lorraine, approver):
    other = lorraine.reader()
    sign_in(other, approver.username)

    desk.post(SESSIONS, {"session": approver.usersession_set.get().pk})

    assert is_signed_in(other)


def test_all_others_are_ended(desk, phone):
    desk.post(SESSIONS)

    assert (is_signed_in(desk), is_signed_in(phone)) == (True, False)


def test_ended_sessions_are_in_the_audit_log(desk, phone, editor):
    desk.post(SESSIONS)

    assert [act.actor_key for act in UnchainedAct.objects.filter(action="portal.session.end")] == [editor.pk]


def test_last_use_is_shown(clock, desk, editor):
    clock.shift(3600)
    before = editor.usersession_set.get().last_seen_at

    desk.get("/admin/")

    assert editor.usersession_set.get().last_seen_at > before


def test_new_password_ends_other_sessions(desk, phone):
    new = {"oldpassword": PASSWORD, "password1": "vingt-trois mirabelles", "password2": "vingt-trois mirabelles"}
    desk.post("/admin/account/password/", new)

    assert (is_signed_in(desk), is_signed_in(phone)) == (True, False)


def test_new_factor_ends_other_sessions(clock, lorraine, browser, with_app):
    phone = lorraine.reader()
    phone.defaults |= {"HTTP_USER_AGENT": PHONE}
    sign_in(phone, with_app.username)
    phone.post(CODE, {"code": recovery_codes(with_app)[0]})
    phone.post("/admin/login/trust/", {"action": "skip"})
    sign_in_with_code(browser, with_app)

    browser.post("/admin/account/factors/app/remove/")

    assert (is_signed_in(browser), is_signed_in(phone)) == (True, False)
    assert "Safari, iPhone" not in browser.get(SESSIONS).content.decode()


def _administers(lorraine, newsroom, someone, **facts):
    administrator = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    sent = {"first_name": "N", "last_name": "W", "email": someone.email, **facts}
    return administrator.post(f"/admin/office/people/{someone.pk}/", sent)


def test_new_role_ends_sessions(desk, lorraine, newsroom, editor):
    codes = [f"{lorraine.site.pk}.{role.value}." for role in (Role.EDITOR, Role.APPROVER)]
    _administers(lorraine, newsroom, editor, is_active="on", roles=codes)

    assert editor.groups.count() == 2
    assert not is_signed_in(desk)


def test_closed_account_stays_signed_out_when_reopened(desk, lorraine, newsroom, editor):
    codes = [f"{lorraine.site.pk}.{Role.EDITOR.value}."]
    _administers(lorraine, newsroom, editor, roles=codes)
    editor.refresh_from_db()
    assert not editor.is_active
    _administers(lorraine, newsroom, editor, is_active="on", roles=codes)
    editor.refresh_from_db()
    assert editor.is_active

    assert not is_signed_in(desk)


def test_sessions_survive_an_upgrade(lorraine, editor):
    client = lorraine.reader()
    client.force_login(editor)

    assert is_signed_in(client)


@pytest.fixture
def rule(lorraine):
    return lambda role, **facts: SignInRule.objects.create(site=lorraine.site, role=role.value, **facts)


def test_session_has_the_length_of_the_role(browser, editor, rule, clock):
    rule(Role.EDITOR, session_hours=8)
    sign_in(browser, editor.username, remember="on")
    clock.shift(7 * 3600)
    assert is_signed_in(browser)
    clock.shift(3600 + 1)
    assert not is_signed_in(browser)


def test_idle_session_ends_and_active_one_does_not(browser, editor, rule, clock):
    rule(Role.EDITOR, idle_minutes=30)
    sign_in(browser, editor.username, remember="on")
    for _ in range(4):
        clock.shift(20 * 60)
        assert is_signed_in(browser)
    clock.shift(20 * 60)
    # An open page continues to send requests.
    browser.get("/admin/session/")
    clock.shift(11 * 60)

    assert not is_signed_in(browser)


def test_rule_of_another_role_or_site_ends_no_session(browser, editor, saar, rule, clock):
    rule(Role.APPROVER, session_hours=1)
    SignInRule.objects.create(site=saar.site, role=Role.EDITOR.value, session_hours=1)
    sign_in(browser, editor.username, remember="on")
    clock.shift(2 * 3600)

    assert is_signed_in(browser)


# Reauthentication


@pytest.fixture
def administrator(newsroom):
    user = newsroom[Role.SITE_ADMINISTRATOR]
    user.set_password(PASSWORD)
    user.save()
    return user


def test_role_is_granted_after_reauthentication(browser, lorraine, newsroom, administrator, clock):
    someone = newsroom[Role.EDITOR]
    codes = [f"{lorraine.site.pk}.{role.value}." for role in (Role.EDITOR, Role.APPROVER)]
    sent = {"first_name": "N", "last_name": "W", "email": someone.email, "is_active": "on", "roles": codes}
    address = f"/admin/office/people/{someone.pk}/"
    sign_in(browser, administrator.username)
    clock.shift(6 * 60)

    requested = browser.post(address, sent)
    assert unquote(requested["Location"]) == f"/admin/account/proof/?next={address}"
    assert someone.groups.count() == 1

    # The submitted form is processed afterwards.
    browser.post(requested["Location"], {"password": PASSWORD, "next": address})
    assert someone.groups.count() == 2


def test_wrong_password_does_not_reauthenticate(browser, lorraine, newsroom, administrator, clock):
    address = f"/admin/office/people/{newsroom[Role.EDITOR].pk}/"
    sign_in(browser, administrator.username)
    clock.shift(6 * 60)
    requested = browser.post(address, {"roles": []})

    assert browser.post(requested["Location"], {"password": "falsch", "next": address}).status_code == 200
    assert browser.post(address, {"roles": []}).status_code == 302


def test_recent_sign_in_needs_no_reauthentication(browser, newsroom, administrator, clock):
    sign_in(browser, administrator.username)

    assert browser.post("/admin/office/people/add/", {}).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/admin/office/sign-in/",
        "/admin/office/people/1/leave/",
        "/admin/sites/1/delete/",
        "/admin/sites/delete/1/",
        "/admin/sites/new/",
        "/admin/workflows/disable/1/",
        "/admin/collections/1/privacy/",
        "/admin/groups/new/",
        "/admin/personal-data/",
    ],
)
def test_dangerous_action_in_the_network_requires_reauthentication(browser, lorraine, clock, address):
    user = make_member("network", is_superuser=True)
    user.set_password(PASSWORD)
    user.save()
    sign_in(browser, "network")
    clock.shift(6 * 60)

    assert browser.post(address, {})["Location"].startswith("/admin/account/proof/")
    assert SignInRule.objects.count() == 0


@pytest.mark.parametrize(
    "address",
    [
        "/admin/forms/submissions/1/?export=csv",
        "/admin/newsletter/subscribers/?export=xlsx",
        "/admin/newsletter/subscribers/1/data/",
        "/admin/events/registrations/1/?export=csv",
        "/admin/sheet-requests/?export=csv",
        "/admin/users/?export=csv",
        "/admin/reports/accounts/?export=csv",
        "/admin/reports/audit-log/?export=jsonl",
        "/admin/reports/site-history/?export=csv",
    ],
)
def test_export_of_people_requires_reauthentication(browser, lorraine, clock, address):
    user = make_member("network", is_superuser=True)
    user.set_password(PASSWORD)
    user.save()
    sign_in(browser, "network")
    clock.shift(6 * 60)

    assert browser.get(address)["Location"].startswith("/admin/account/proof/")


def test_waiving_the_four_eyes_rule_requires_reauthentication(browser, lorraine, clock):
    user = make_member("network", is_superuser=True)
    user.set_password(PASSWORD)
    user.save()
    sign_in(browser, "network")
    clock.shift(6 * 60)
    address = f"/admin/settings/core/sitesettings/{lorraine.site.pk}/"

    assert "/proof/" in browser.post(address, {}).headers.get("Location", "")
    assert "/proof/" not in browser.post(address, {"four_eyes": "on"}).headers.get("Location", "")


def test_link_signs_nobody_out(browser, newsroom, administrator):
    sign_in(browser, administrator.username)

    assert browser.get("/admin/logout/").status_code == 405
    assert is_signed_in(browser)


def test_list_requires_no_reauthentication(browser, newsroom, administrator, clock):
    sign_in(browser, administrator.username)
    clock.shift(6 * 60)

    assert browser.get("/admin/office/people/").status_code == 200


def test_reauthentication_is_valid_for_one_browser_only(browser, lorraine, newsroom, administrator, clock):
    sign_in(browser, administrator.username)
    other = lorraine.reader()
    sign_in(other, administrator.username)
    clock.shift(6 * 60)
    browser.post("/admin/account/proof/", {"password": PASSWORD})

    assert browser.post("/admin/office/people/add/", {}).status_code == 200
    assert other.post("/admin/office/people/add/", {}).status_code == 302
