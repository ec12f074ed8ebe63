"""Sign-in with a passkey, an app or a provider; losing a device does not lose the account."""

import os
import subprocess
import sys
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from portal.demo.loading import TOTP_SECRET
from tests.database_copies import ROOT
from tests.editorial.sign_in import saml_provider
from tests.editorial.sign_in.acts import app_code
from tests.journeys.conftest import wait_for
from tests.journeys.identity_provider import CLIENT, PASSWORD as PERSON_PASSWORD, PERSON, SECRET
from tests.journeys.newsroom import PASSWORD, log_in
from tests.sink import free_port

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SET_UP = """
from allauth.socialaccount.models import SocialApp
from portal.editorial.models import ClaimedRole, RoleGroup
from portal.editorial.sign_in.encryption import encrypt
from portal.editorial.sign_in.providers.configured import completed
facts = {{"domains": ["region.example"], **{facts}}}
SocialApp.objects.create(provider="{kind}", provider_id="{slug}", name="{name}", client_id="{client}",
    secret=encrypt("{secret}"), settings=completed("{kind}", facts))
role = RoleGroup.objects.filter(role="editor", section=None).order_by("pk").first()
ClaimedRole.objects.create(provider="{slug}", value="redaction", site=role.site, role="editor")
"""


class Device:
    """A virtual authenticator that holds a person's passkeys, like a phone."""

    def __init__(self, page: Page):
        self.session: Any = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        self.key = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def is_lost(self) -> None:
        self.session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.key})


@pytest.fixture
def window(visit) -> Page:
    return visit()


def sign_in_by_password(page: Page, server: str, username: str) -> None:
    page.goto(f"{server}/admin/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"{server}/admin/login/code/")


def add_passkey(page: Page, server: str, name: str) -> None:
    page.goto(f"{server}/admin/account/factors/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add a passkey").click()


def test_passkey_is_registered_used_lost_and_replaced(window, server):
    phone = Device(window)
    log_in(window, server, "approver-lux")
    add_passkey(window, server, "Phone")
    expect(window.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    codes = window.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10

    # Without a password.
    window.context.clear_cookies()
    window.goto(f"{server}/admin/login/")
    window.get_by_role("button", name="Sign in with a passkey").click()
    expect(window).to_have_url(f"{server}/admin/")

    # As a second factor.
    window.context.clear_cookies()
    sign_in_by_password(window, server, "approver-lux")
    window.get_by_role("button", name="Use a passkey").click()
    window.get_by_role("button", name="No, ask me each time").click()
    expect(window).to_have_url(f"{server}/admin/")

    # The phone is lost: a recovery code opens the account.
    phone.is_lost()
    window.context.clear_cookies()
    sign_in_by_password(window, server, "approver-lux")
    window.get_by_label("Code").fill(codes[0])
    window.get_by_role("button", name="Sign in", exact=True).click()
    window.get_by_role("button", name="No, ask me each time").click()
    expect(window).to_have_url(f"{server}/admin/")

    # Another device replaces it.
    Device(window)
    add_passkey(window, server, "New phone")
    expect(window.get_by_text("New phone")).to_be_visible()
    window.get_by_role("listitem").filter(has_text="Phone").first.get_by_role("link", name="Remove").click()
    window.get_by_role("button", name="Remove").click()
    expect(window.get_by_role("listitem")).to_have_count(1)
    window.context.clear_cookies()
    window.goto(f"{server}/admin/login/")
    window.get_by_role("button", name="Sign in with a passkey").click()
    expect(window).to_have_url(f"{server}/admin/")


@pytest.mark.parametrize("width", [390, 1280])
def test_first_field_has_a_visible_focus(visit, server, width):
    page = visit(width=width)
    page.goto(f"{server}/admin/login/")

    expect(page.get_by_label("User name")).to_be_focused()
    expect(page.get_by_label("User name")).to_have_css("outline-style", "solid")


def test_missing_passkey_is_reported_beside_the_button(window, server):
    Device(window).session.send("WebAuthn.disable")
    window.goto(f"{server}/admin/login/")
    window.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('none')) }")

    window.get_by_role("button", name="Sign in with a passkey").click()

    expect(window.get_by_role("alert").filter(has_text="The passkey was not used.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_account_of_the_demo_signs_in_with_the_code_of_an_app(visit, server, scripts):
    window = visit(java_script_enabled=scripts)
    sign_in_by_password(window, server, "editor-totp")
    # Each code is valid once, and another journey may have used the current one.
    for later in (0, 1, -1):
        window.get_by_label("Code").fill(app_code(TOTP_SECRET, later))
        window.get_by_role("button", name="Sign in", exact=True).click()
        window.wait_for_load_state()
        if "/trust/" in window.url:
            break
    window.get_by_role("button", name="No, ask me each time").click()

    expect(window).to_have_url(f"{server}/admin/")


@pytest.fixture
def provider(server, tmp_path):
    """The address of django-allauth's own identity provider."""
    port, log = free_port(), tmp_path / "provider.log"
    command = [sys.executable, "-m", "tests.journeys.identity_provider", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, f"{server}/admin/login/by/region/back/", str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": ""},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/.well-known/openid-configuration", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def test_person_of_a_provider_gets_the_role_of_the_claim(window, server, run_on_server, provider):
    facts = {"server_url": provider, "claim": "preferred_username"}
    about = {"kind": "openid_connect", "slug": "region", "name": "La région", "client": CLIENT, "secret": SECRET}
    run_on_server(SET_UP.format(facts=facts, **about))
    window.goto(f"{server}/admin/login/")
    window.get_by_role("link", name="Sign in with La région").click()
    window.get_by_label("Username").fill(PERSON)
    window.get_by_label("Password").fill(PERSON_PASSWORD)
    window.get_by_role("button", name="Sign In").click()

    expect(window).to_have_url(f"{server}/admin/")
    expect(window.get_by_role("heading", name="Jeanne")).to_be_visible()


def test_person_of_a_saml_provider_comes_in_with_the_role_of_the_attribute(window, server, run_on_server):
    with saml_provider.started() as provider:
        provider.person.attributes = {"Role": ["redaction"], "urn:oid:2.5.4.42": ["Marie"]}
        facts = {"idp": provider.facts(), "claim": "Role"}
        about = {"kind": "saml", "slug": "univ", "name": "L’université", "client": "univ", "secret": ""}
        run_on_server(SET_UP.format(facts=facts, **about))
        window.goto(f"{server}/admin/login/")
        window.get_by_role("link", name="Sign in with L’université").click()
        window.get_by_role("button", name="Sign in here").click()

        expect(window).to_have_url(f"{server}/admin/")
        expect(window.get_by_role("heading", name="Marie")).to_be_visible()
