"""Scripts can check who is signed in, and people sign in again without leaving the page; stale forms lose nothing."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from portal.editorial.roles import Role

ADDRESS = "/admin/session/"
PASSWORD = "un mot de passe"


@pytest.fixture
def editor(newsroom):
    user = newsroom[Role.EDITOR]
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def strict(lorraine) -> Client:
    """A browser whose forms are checked for their token."""
    client = lorraine.reader(accept_language="en")
    client.handler.enforce_csrf_checks = True
    return client


def sign_in(client: Client, username: str, password: str = PASSWORD):
    token = client.get(ADDRESS).json()["token"]
    return client.post(ADDRESS, {"username": username, "password": password, "csrfmiddlewaretoken": token})


def test_anonymous_session_has_no_user(strict):
    response = strict.get(ADDRESS)

    assert response.json()["user"] is None
    assert "no-store" in response["Cache-Control"]


def test_member_signs_in_again(strict, editor):
    assert sign_in(strict, editor.get_username()).json()["user"] == editor.pk
    assert strict.get("/admin/").status_code == 200


def test_wrong_password_is_explained(strict, editor):
    response = sign_in(strict, editor.get_username(), "falsch")

    assert response.status_code == 400
    assert "match" in response.json()["errors"][0]
    assert strict.get(ADDRESS).json()["user"] is None


def test_account_without_a_newsroom_gets_a_message(strict):
    get_user_model().objects.create_user("lecteur", password=PASSWORD)

    response = sign_in(strict, "lecteur")

    assert (response.status_code, response.json()["user"]) == (400, None)
    assert response.json()["errors"] == ["This account has no access to the newsroom."]


def test_newsroom_form_with_an_old_token_stays_in_the_newsroom(strict, editor):
    sign_in(strict, editor.get_username())

    response = strict.post("/admin/account/", {"csrfmiddlewaretoken": "x" * 64})

    assert response.status_code == 403
    assert "what you wrote is still there" in response.content.decode()


def test_public_form_with_an_old_token_gets_a_page_of_its_site(strict):
    response = strict.post("/fr/", {"csrfmiddlewaretoken": "x" * 64})

    assert response.status_code == 403
    assert "newsroom" not in response.content.decode()
