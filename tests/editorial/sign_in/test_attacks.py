"""Sign-in resists attacks: session fixation, replay, CSRF, foreign hosts and account enumeration."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client, override_settings
from django.urls import get_resolver

from portal.editorial.roles import Role
from tests.builders import newsroom_client, work_off
from tests.editorial.sign_in.acts import CODE, PASSWORD, app_code, is_signed_in, sign_in


@pytest.fixture
def strict(lorraine) -> Client:
    """A browser whose forms are checked for their token."""
    client = lorraine.reader(accept_language="en")
    client.handler.enforce_csrf_checks = True
    return client


def test_session_key_changes_at_sign_in(lorraine, browser, with_app, clock, settings):
    sign_in(browser, with_app.username)
    fixed = browser.cookies[settings.SESSION_COOKIE_NAME].value
    browser.post(CODE, {"code": app_code()})
    browser.post("/admin/login/trust/", {"action": "skip"})
    assert is_signed_in(browser)

    thief = lorraine.reader()
    thief.cookies[settings.SESSION_COOKIE_NAME] = fixed
    assert not is_signed_in(thief)


def test_second_step_expires_after_a_quarter_of_an_hour(browser, with_app, clock):
    sign_in(browser, with_app.username)
    clock.shift(16 * 60)

    browser.post(CODE, {"code": app_code()})

    assert not is_signed_in(browser)


def test_second_step_without_the_first_redirects_to_it(browser, with_app, clock):
    assert browser.post(CODE, {"code": app_code()})["Location"] == "/admin/login/"


def test_account_closed_between_the_steps_cannot_sign_in(browser, with_app, clock):
    sign_in(browser, with_app.username)
    with_app.is_active = False
    with_app.save()
    browser.post(CODE, {"code": app_code()})
    browser.post("/admin/login/trust/", {"action": "skip"})

    assert not is_signed_in(browser)


ADDRESSES = [
    f"/admin/{pattern.pattern}".replace("<int:pk>", "1").replace("<slug:provider_id>", "x")
    for pattern in get_resolver("portal.editorial.sign_in.urls").url_patterns
    # A provider calls this address with a signed token.
    if pattern.name != "signed_out_there"
]


@pytest.mark.parametrize("address", [*ADDRESSES, "/admin/session/", "/admin/account/", "/admin/office/sign-in/"])
def test_form_without_a_csrf_token_changes_nothing(strict, editor, address):
    strict.force_login(editor)
    hash_before = editor.password

    response = strict.post(address, {"username": "x", "password": "x", "code": "1", "action": "trust"})

    assert response.status_code in (403, 405)
    editor.refresh_from_db()
    assert editor.password == hash_before


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "https:evil.example",
        "http://saar.localhost/",
        "javascript:alert(1)",
        "http://sub.localhost/",
    ],
)
def test_next_redirects_within_the_newsroom_only(browser, editor, elsewhere):
    assert sign_in(browser, editor.username, next=elsewhere)["Location"] == "/admin/"


def test_next_redirects_within_the_newsroom_after_the_code(browser, with_app, clock):
    sign_in(browser, with_app.username, next="//evil.example/")
    browser.post(f"{CODE}?next=//evil.example/", {"code": app_code(), "next": "//evil.example/"})
    address, evil = "/admin/login/trust/?next=//evil.example/", {"next": "//evil.example/"}

    assert browser.post(address, {"action": "skip", **evil})["Location"] == "/admin/"
    assert browser.post(address, {"action": "trust", **evil})["Location"] == "/admin/"


def test_next_redirects_within_the_newsroom_after_reauthentication(browser, editor, clock):
    sign_in(browser, editor.username)

    response = browser.post("/admin/account/proof/", {"password": PASSWORD, "next": "https://evil.example/"})

    assert response["Location"] == "/admin/"


def test_links_in_mails_have_the_address_of_the_newsroom(browser, editor, settings):
    settings.ALLOWED_HOSTS = ["*"]
    browser.post("/admin/password_reset/", {"email": editor.email}, HTTP_X_FORWARDED_HOST="evil.example")
    sign_in(browser, editor.username, next="/admin/")
    work_off()

    assert len(mail.outbox) == 2
    assert all("evil.example" not in message.body for message in mail.outbox)
    assert all("http://localhost:8000/admin/" in message.body for message in mail.outbox)


def test_unknown_host_gets_no_sign_in_page(editor):
    assert Client(headers={"host": "evil.example"}).get("/admin/login/").status_code == 400


@pytest.mark.parametrize("state", ["closed", "without password", "missing"])
def test_wrong_password_has_the_same_error_for_any_account(lorraine, editor, state):
    def answer(name: str) -> tuple[int, str]:
        page = sign_in(lorraine.reader(), name, "falsch")
        return page.status_code, BeautifulSoup(page.content, "html.parser").find("main").get_text()

    open_account = answer(editor.username)
    if state == "closed":
        editor.is_active = False
    if state == "without password":
        editor.set_unusable_password()
    editor.save()

    assert answer("personne" if state == "missing" else editor.username) == open_account


def test_closed_account_gets_the_error_of_a_wrong_password(browser, editor):
    editor.is_active = False
    editor.save()

    assert "do not match" in sign_in(browser, editor.username).content.decode()


def test_strangers_cannot_sign_up(browser):
    for address in ("/admin/signup/", "/admin/login/signup/", "/accounts/signup/", "/admin/account/email/"):
        assert browser.get(address).status_code in (302, 404)
        assert browser.post(address, {"username": "x", "password1": PASSWORD}).status_code in (302, 404)


def test_public_pages_set_no_cookie(lorraine):
    response = lorraine.reader().get(lorraine.address(lorraine.home))

    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("address", ["/admin/login/", CODE, "/admin/login/trust/", "/admin/login/closed/"])
def test_pages_before_signing_in_allow_no_inline_script(browser, with_app, address):
    if address in (CODE, "/admin/login/trust/"):
        sign_in(browser, with_app.username)
    policy = browser.get(address)["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_password_hashed_by_an_older_version_is_accepted(browser, newsroom):
    user = newsroom[Role.EDITOR]
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"]):
        user.password = make_password(PASSWORD)
        user.save()
        sign_in(browser, user.username)

        assert is_signed_in(browser)


def test_well_known_address_leads_to_the_change_of_the_password(lorraine, editor):
    client = newsroom_client(lorraine, editor)
    leads = client.get("/.well-known/change-password")

    assert (leads.status_code, leads["Location"]) == (302, "/admin/account/password/")
    assert client.get(leads["Location"]).status_code == 200


def test_account_without_a_password_may_set_one(lorraine, newsroom):
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])

    assert client.get("/admin/account/password/")["Location"] == "/admin/account/"


def test_account_offers_the_newsroom_languages(lorraine, editor):
    page = newsroom_client(lorraine, editor).get("/admin/account/").content.decode()
    choices = page.split('name="locale-preferred_language"')[1].split("</select>")[0]

    assert choices.count("<option") == 4
