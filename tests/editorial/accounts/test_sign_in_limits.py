"""Password guesses are delayed more and more; the owner can still sign in, and nobody learns which accounts exist."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult
from wagtail.users.models import UserProfile

from portal.editorial.roles import Role
from portal.editorial.sign_in.attempts import BY_ACCOUNT_AND_SOURCE, BY_DEVICE, BY_SOURCE, GUESSED
from portal.editorial.sign_in.password_reset import BY_ADDRESS
from tests.builders import work_off

PASSWORD = "un mot de passe"
RESET = "/admin/password_reset/"


@pytest.fixture
def editor(newsroom):
    user = newsroom[Role.EDITOR]
    user.set_password(PASSWORD)
    user.email = "redactrice@example.org"
    user.save()
    return user


@pytest.fixture
def browser(lorraine) -> Client:
    return lorraine.reader(accept_language="en")


def sign_in(client: Client, username: str, password: str = PASSWORD, source: str = "192.0.2.1"):
    return client.post("/admin/login/", {"username": username, "password": password}, REMOTE_ADDR=source)


def guess_from_everywhere(lorraine, username: str, guesses: int) -> None:
    for number in range(guesses):
        sign_in(lorraine.reader(), username, "falsch", f"198.{number % 200}.{number // 200}.7")


def test_guesses_from_one_source_are_delayed_more_and_more(browser, editor, clock):
    waits = []
    for _ in range(BY_ACCOUNT_AND_SOURCE.free + 6):
        response = sign_in(browser, editor.username, "falsch")
        if response.status_code == 429:
            waits.append(int(response["Retry-After"]))
            clock.shift(waits[-1])
            assert sign_in(browser, editor.username, "falsch").status_code == 200

    assert waits == [1, 2, 4, 8, 16]


def test_right_password_is_rejected_during_the_delay(browser, editor, clock):
    for _ in range(BY_ACCOUNT_AND_SOURCE.free + 1):
        sign_in(browser, editor.username, "falsch")

    response = sign_in(browser, editor.username)

    assert response.status_code == 429
    assert "The next one is possible in 1 second." in response.content.decode()


def test_unknown_account_has_the_same_limits(browser, editor, clock):
    def answers(username: str, source: str) -> list[int]:
        return [sign_in(browser, username, "falsch", source).status_code for _ in range(10)]

    assert answers("personne", "192.0.2.1") == answers(editor.username, "203.0.113.1")


def type_address(client: Client, account, source: str):
    """Sign in through a provider that is found by the address's domain."""
    return client.post("/admin/login/", {"username": account.email, "password": ""}, REMOTE_ADDR=source)


def use_dialog(client: Client, account, source: str):
    return client.post("/admin/session/", {"username": account.username, "password": "falsch"}, REMOTE_ADDR=source)


def request_password(client: Client, account, source: str):
    return client.post(RESET, {"email": account.email}, REMOTE_ADDR=source)


# The ways to find out whether an account exists, with the number of passwords that the server hashes.
WAYS = {
    (lambda client, account, source: sign_in(client, account.username, "falsch", source)): 1,
    use_dialog: 1,
    type_address: 0,
    request_password: 0,
}


@pytest.mark.parametrize("door", WAYS)
@pytest.mark.parametrize("state", ["active", "closed", "owned by a provider", "with an app"])
@pytest.mark.parametrize("has_provider", [False, True])
def test_unknown_account_costs_the_same_work(browser, editor, clock, settings, monkeypatch, door, state, has_provider):
    """Compares queries and hashes, which take nearly all of the time. The time itself depends on the machine."""
    domains = ["example.org"] if has_provider else []
    facts = {"server_url": "https://id.example", "client_id": "portal", "secret": "", "domains": domains}
    settings.SIGN_IN_PROVIDERS = {"region": facts}
    if state == "with an app":
        TOTP.activate(editor, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    elif state == "owned by a provider":
        editor.set_unusable_password()
    editor.is_active = state != "closed"
    editor.save()
    hashed, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(args) or encode(*args))

    def work(name: str, source: str) -> tuple[int, int, int, int]:
        hashed.clear()
        account = get_user_model()(username=name, email=f"{name}@example.org")
        with CaptureQueriesContext(connection) as queries:
            response = door(browser, account, source)
        return response.status_code, len(response.content), len(queries), len(hashed)

    work("premiere", "198.51.100.1")
    get_user_model().objects.filter(pk=editor.pk).update(username="quelquun", email="quelquun@example.org")
    unknown = work("personne", "192.0.2.1")

    assert work("quelquun", "203.0.113.1") == unknown
    assert unknown[3] == WAYS[door]


def test_owner_signs_in_during_a_distributed_attack(lorraine, browser, editor, clock):
    assert sign_in(browser, editor.username).status_code == 302
    browser.post("/admin/logout/")

    guess_from_everywhere(lorraine, editor.username, GUESSED.most + 30)

    assert sign_in(lorraine.reader(), editor.username, source="203.0.113.9").status_code == 429
    assert sign_in(browser, editor.username, source="203.0.113.9").status_code == 302


def test_owner_in_a_new_browser_waits_ten_seconds_during_an_attack(lorraine, editor, clock):
    guess_from_everywhere(lorraine, editor.username, GUESSED.most + 30)
    refused = sign_in(lorraine.reader(), editor.username, source="203.0.113.9")
    assert (refused.status_code, refused["Retry-After"]) == (429, "10")

    # The guesses continue, some of them after their own delay.
    for number in range(10):
        clock.shift(1)
        guess_from_everywhere(lorraine, editor.username, 5)
        sign_in(lorraine.reader(), editor.username, "falsch", f"197.{number}.1.1")

    assert sign_in(lorraine.reader(), editor.username, source="203.0.113.9").status_code == 302


def test_known_browser_is_known_to_its_own_account_only(lorraine, browser, editor, newsroom, clock):
    sign_in(browser, editor.username)
    browser.post("/admin/logout/")
    approver = newsroom[Role.APPROVER].username
    guess_from_everywhere(lorraine, approver, GUESSED.most + 5)

    assert sign_in(browser, approver, "falsch").status_code == 429


def test_known_browser_is_limited_too(browser, editor, clock):
    sign_in(browser, editor.username)
    browser.post("/admin/logout/")

    answers = [sign_in(browser, editor.username, "falsch").status_code for _ in range(BY_DEVICE.free + 2)]

    assert answers == [200] * (BY_DEVICE.free + 1) + [429]


def test_forged_cookie_is_not_a_known_browser(lorraine, browser, editor, clock, settings):
    guess_from_everywhere(lorraine, editor.username, GUESSED.most + 5)
    for forged in ("x", "W10:1:2", "é", "x" * 5000):
        browser.cookies[settings.DEVICE_COOKIE_NAME] = forged
        assert sign_in(browser, editor.username, "falsch").status_code == 429


def test_one_source_cannot_try_many_accounts(browser, clock):
    answers = [sign_in(browser, f"compte-{number}", "falsch").status_code for number in range(BY_SOURCE.free + 2)]

    assert answers == [200] * (BY_SOURCE.free + 1) + [429]


def test_colleagues_behind_one_address_are_not_delayed(lorraine, editor, clock):
    answers = [sign_in(lorraine.reader(), editor.username).status_code for _ in range(3 * BY_SOURCE.free)]

    assert set(answers) == {302}


def test_sign_in_dialog_has_the_same_limits(browser, editor, clock):
    facts = {"username": editor.username, "password": "falsch"}
    answers = [browser.post("/admin/session/", facts) for _ in range(BY_ACCOUNT_AND_SOURCE.free + 2)]

    assert [each.status_code for each in answers][-2:] == [400, 429]
    assert "second" in answers[-1].json()["errors"][0]


def test_password_request_has_the_same_response_for_any_address(browser, editor, clock):
    browser.get(RESET)

    def outcome_of(address: str) -> tuple[int, str, int]:
        with CaptureQueriesContext(connection) as queries:
            response = browser.post(RESET, {"email": address})
        return response.status_code, response["Location"], len(queries)

    assert outcome_of(editor.email) == outcome_of("personne@example.org")
    assert mail.outbox == []


def test_queue_mails_the_link(browser, editor, clock):
    browser.post(RESET, {"email": editor.email})
    browser.post(RESET, {"email": "personne@example.org"})

    work_off()

    assert [message.to for message in mail.outbox] == [[editor.email]]
    assert "/admin/password_reset/confirm/" in mail.outbox[0].body
    assert mail.outbox[0].subject == "Password reset"


def test_link_is_stored_only_in_the_mail(browser, editor, clock):
    browser.post(RESET, {"email": editor.email})
    work_off()

    stored = [str(call.args_kwargs) for call in DBTaskResult.objects.all()]
    assert stored
    assert [each for each in stored if "confirm" in each] == []


def test_account_is_mailed_at_most_three_links_an_hour(lorraine, editor, clock):
    spellings = [editor.email, editor.email.upper(), editor.email.title()]
    for number in range(12):
        lorraine.reader().post(RESET, {"email": spellings[number % 3]}, REMOTE_ADDR=f"203.0.113.{number}")
    work_off()
    assert len(mail.outbox) == BY_ADDRESS.most

    clock.shift(67 * 60)
    lorraine.reader().post(RESET, {"email": editor.email})
    work_off()
    assert len(mail.outbox) == BY_ADDRESS.most + 1


def test_two_accounts_of_one_address_are_both_mailed(browser, editor, clock):
    get_user_model().objects.create_user("seconde", editor.email, PASSWORD)

    browser.post(RESET, {"email": editor.email})
    work_off()

    assert len(mail.outbox) == 2


def test_reset_mail_is_in_the_language_that_its_reader_chose(browser, editor, clock):
    UserProfile.objects.create(user=editor, preferred_language="de")

    browser.post(RESET, {"email": editor.email})
    work_off()

    assert mail.outbox[0].subject != "Password reset"
