"""A password alone does not sign in an account with a second factor; codes are valid once, guesses are delayed."""

from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from bs4 import BeautifulSoup
from django.core import mail

from portal.editorial.roles import Role
from portal.editorial.sign_in.attempts import BY_ACCOUNT_AND_SOURCE
from tests.builders import make_settings, work_off
from tests.editorial.sign_in.acts import (
    CODE,
    PASSWORD,
    SECRET,
    app_code,
    is_signed_in,
    recovery_codes,
    sign_in,
    sign_in_with_code,
)

FACTORS = "/admin/account/factors/"


def test_password_alone_redirects_to_the_code(browser, with_app):
    response = sign_in(browser, with_app.username)

    assert response["Location"] == CODE
    assert not is_signed_in(browser)


def test_code_of_the_app_signs_in(browser, with_app, clock):
    sign_in_with_code(browser, with_app)

    assert is_signed_in(browser)


def test_wrong_code_signs_nobody_in(browser, with_app, clock):
    sign_in(browser, with_app.username)
    page = browser.post(CODE, {"code": "000000"})

    assert "Incorrect code." in page.content.decode()
    assert not is_signed_in(browser)


def test_requested_page_is_shown_after_the_code(browser, with_app, clock):
    sign_in(browser, with_app.username, next="/admin/account/")
    asked = browser.post(CODE, {"code": app_code()})["Location"]
    fields = BeautifulSoup(browser.get(asked).content, "html.parser").select("form input[name=next]")

    answer = {"action": "skip", "next": fields[0]["value"]}
    assert browser.post("/admin/login/trust/", answer)["Location"] == "/admin/account/"


def test_person_is_signed_in_who_leaves_the_offer_to_trust_the_browser(browser, with_app, clock):
    sign_in(browser, with_app.username)

    assert browser.post(CODE, {"code": app_code()})["Location"].startswith("/admin/login/trust/")
    assert is_signed_in(browser)


def test_browser_is_not_trusted_by_a_session_without_a_factor(browser, editor, add_app, clock):
    sign_in(browser, editor.username)
    add_app(editor)
    browser.post("/admin/login/trust/", {"action": "trust"})
    browser.post("/admin/logout/")

    assert sign_in(browser, editor.username)["Location"] == CODE


def test_browser_is_trusted_later_after_a_proof_only(browser, with_app, clock):
    sign_in(browser, with_app.username)
    browser.post(CODE, {"code": app_code()})
    clock.shift(6 * 60)

    response = browser.post("/admin/login/trust/", {"action": "trust"})

    assert response["Location"].startswith("/admin/account/proof/")


def test_offer_to_trust_the_browser_is_for_people_who_are_signed_in(browser):
    assert browser.get("/admin/login/trust/")["Location"].startswith("/admin/login/?next=")


@pytest.mark.parametrize("later", [0, 20, 40])
def test_used_code_is_refused(lorraine, browser, with_app, clock, later):
    code = app_code()
    sign_in(browser, with_app.username)
    browser.post(CODE, {"code": code})
    clock.shift(later)

    second = lorraine.reader()
    sign_in(second, with_app.username)
    response = second.post(CODE, {"code": code})

    assert response.status_code == 200
    assert not is_signed_in(second)


def test_used_code_is_refused_by_a_worker_with_another_cache(lorraine, browser, with_app, clock, settings):
    code = app_code()
    sign_in(browser, with_app.username)
    browser.post(CODE, {"code": code})
    settings.CACHES = {alias: {**cache, "KEY_PREFIX": "other"} for alias, cache in settings.CACHES.items()}

    second = lorraine.reader()
    sign_in(second, with_app.username)

    assert second.post(CODE, {"code": code}).status_code == 200


def test_code_of_another_account_signs_nobody_in(lorraine, browser, with_app, approver, clock):
    codes = recovery_codes(with_app)
    TOTP.activate(approver, SECRET[::-1])
    sign_in(browser, approver.username)

    assert browser.post(CODE, {"code": codes[0]}).status_code == 200


def test_recovery_code_signs_in_once(lorraine, browser, with_app, clock):
    code = recovery_codes(with_app)[0]
    sign_in(browser, with_app.username)
    browser.post(CODE, {"code": code})
    browser.post("/admin/login/trust/", {"action": "skip"})
    assert is_signed_in(browser)

    second = lorraine.reader()
    sign_in(second, with_app.username)
    second.post(CODE, {"code": code})
    assert not is_signed_in(second)


def test_guesses_of_codes_are_delayed_more_and_more(browser, with_app, clock):
    responses = []
    for _ in range(BY_ACCOUNT_AND_SOURCE.free + 2):
        sign_in(browser, with_app.username)
        responses.append(browser.post(CODE, {"code": "000000"}))

    assert [each.status_code for each in responses][-2:] == [200, 429]
    assert responses[-1]["Retry-After"] == "1"


def test_owner_is_notified_of_guesses_once_a_day(browser, editor, clock):
    for _ in range(BY_ACCOUNT_AND_SOURCE.free + 4):
        sign_in(browser, editor.username, "falsch")
    work_off()

    assert [message.to for message in mail.outbox] == [[editor.email]]
    assert "essayé tant de mots de passe ou de codes faux" in mail.outbox[0].body


def test_owner_is_notified_of_a_sign_in_from_a_new_browser_only(browser, editor, clock):
    sign_in(browser, editor.username)
    browser.post("/admin/logout/")
    sign_in(browser, editor.username)
    work_off()

    assert len(mail.outbox) == 1
    assert "depuis un navigateur qui n’avait pas encore servi à votre compte" in mail.outbox[0].body


def test_mail_about_a_sign_in_is_in_the_language_of_the_owners_site(saar, newsrooms, browser, clock):
    owner = newsrooms.saar[Role.EDITOR]
    owner.set_password(PASSWORD)
    owner.save()
    make_settings(saar, default_language="de")

    sign_in(browser, owner.username)
    work_off()

    assert [message.to for message in mail.outbox] == [[owner.email]]
    assert "Jemand hat sich" in mail.outbox[0].body


def test_trusted_browser_needs_only_the_password_for_30_days(browser, with_app, clock):
    sign_in_with_code(browser, with_app, trust=True)
    browser.post("/admin/logout/")

    clock.shift(29 * 24 * 3600)
    assert sign_in(browser, with_app.username)["Location"] == "/admin/"
    browser.post("/admin/logout/")
    clock.shift(2 * 24 * 3600)
    assert sign_in(browser, with_app.username)["Location"] == CODE


def test_browser_is_trusted_for_one_account_only(browser, with_app, approver, add_app, clock):
    add_app(approver)
    sign_in_with_code(browser, with_app, trust=True)
    browser.post("/admin/logout/")

    assert sign_in(browser, approver.username)["Location"] == CODE


def test_app_is_set_up_and_recovery_codes_are_shown_once(browser, editor, clock):
    sign_in(browser, editor.username)
    browser.get(f"{FACTORS}app/")
    code = app_code(secret=browser.session["mfa.totp.secret"])
    codes = _shown(browser.post(f"{FACTORS}app/", {"code": code}, follow=True))

    assert len(set(codes)) == 10
    assert _shown(browser.get(f"{FACTORS}codes/")) == []


def _shown(response) -> list[str]:
    return [each.text for each in BeautifulSoup(response.content, "html.parser").select(".recovery-codes code")]


def _see_codes(client, user) -> list[str]:
    """The recovery codes of a person who signs in and looks at them."""
    sign_in_with_code(client, user)
    codes = _shown(client.get(f"{FACTORS}codes/"))
    client.post("/admin/logout/")
    return codes


def test_codes_that_were_shown_are_stored_as_hashes_only(browser, with_app, clock):
    codes = _see_codes(browser, with_app)
    stored = Authenticator.objects.get(user=with_app, type=Authenticator.Type.RECOVERY_CODES)

    assert len(codes) == len(stored.data["hashes"]) == 10
    assert "seed" not in stored.data
    assert not stored.wrap().get_unused_codes()
    assert not any(code in str(stored.data) for code in codes)


def test_hash_of_a_code_is_not_accepted_as_a_code(browser, with_app, clock):
    _see_codes(browser, with_app)
    stored = Authenticator.objects.get(user=with_app, type=Authenticator.Type.RECOVERY_CODES)
    sign_in(browser, with_app.username)

    browser.post(CODE, {"code": stored.data["hashes"][0]})

    assert not is_signed_in(browser)


@pytest.mark.parametrize("typed", ["{}", " {} ", "{:.4} {:.4}"])
def test_hashed_code_signs_in_once(lorraine, browser, with_app, clock, typed):
    [code, other, *_others] = _see_codes(browser, with_app)
    typed = typed.format(code, code[4:])
    sign_in(browser, with_app.username)
    browser.post(CODE, {"code": typed})
    assert is_signed_in(browser)
    assert "9 codes are left" in browser.get(FACTORS).content.decode()

    second = lorraine.reader()
    sign_in(second, with_app.username)
    second.post(CODE, {"code": typed})
    assert not is_signed_in(second)
    second.post(CODE, {"code": other})
    assert is_signed_in(second)


def test_hashed_code_of_another_account_signs_nobody_in(browser, with_app, approver, add_app, clock):
    codes = _see_codes(browser, with_app)
    add_app(approver)
    sign_in(browser, approver.username)

    browser.post(CODE, {"code": codes[0]})

    assert not is_signed_in(browser)


def test_new_codes_replace_those_that_were_shown(browser, with_app, clock):
    [old, *_others] = _see_codes(browser, with_app)
    clock.shift(60)
    sign_in_with_code(browser, with_app)
    [new, *_others] = _shown(browser.post(f"{FACTORS}codes/new/", follow=True))
    browser.post("/admin/logout/")

    for code, opens in ((old, False), (new, True)):
        sign_in(browser, with_app.username)
        browser.post(CODE, {"code": code})
        assert is_signed_in(browser) is opens


def test_sheet_with_codes_names_network_account_and_day(browser, with_app, clock, settings):
    sign_in_with_code(browser, with_app)
    text = browser.get(f"{FACTORS}codes/").content.decode()

    assert f"{settings.WAGTAIL_SITE_NAME} · {with_app.username} · 24/11/2026" in text


def test_secrets_are_not_in_the_database(with_app):
    stored = str(list(Authenticator.objects.filter(user=with_app).values_list("data", flat=True)))

    assert SECRET not in stored
    assert not any(code in stored for code in recovery_codes(with_app))


def test_factors_of_another_installation_are_refused_with_a_message(browser, with_app, clock, settings):
    settings.LASTING_KEY = settings.SECRET_KEY = "another-key-than-the-one-of-before"
    sign_in(browser, with_app.username)
    page = browser.post(CODE, {"code": app_code()})

    assert "encrypted with a key that this installation no longer has" in page.content.decode()


def test_factor_is_added_only_after_reauthentication(browser, editor, clock):
    sign_in(browser, editor.username)
    clock.shift(6 * 60)
    requested = browser.get(f"{FACTORS}app/")
    assert unquote(requested["Location"]) == f"/admin/account/proof/?next={FACTORS}app/"

    proven = browser.post(requested["Location"], {"password": PASSWORD, "next": f"{FACTORS}app/"})
    assert proven["Location"] == f"{FACTORS}app/"
    assert browser.get(f"{FACTORS}app/").status_code == 200


def test_sign_in_dialog_asks_for_the_code(browser, with_app, clock):
    facts = {"username": with_app.username, "password": PASSWORD}
    first = browser.post("/admin/session/", facts)
    assert (first.status_code, first.json()["user"], first.json()["step"]) == (400, None, "code")

    second = browser.post("/admin/session/", {**facts, "code": app_code()})
    assert second.json()["user"] == with_app.pk
    assert is_signed_in(browser)


def test_sign_in_dialog_refuses_a_wrong_code(browser, with_app, clock):
    facts = {"username": with_app.username, "password": PASSWORD}
    browser.post("/admin/session/", facts)

    response = browser.post("/admin/session/", {**facts, "code": "000000"})
    assert (response.status_code, response.json()["errors"]) == (400, ["Incorrect code."])
    assert not is_signed_in(browser)
