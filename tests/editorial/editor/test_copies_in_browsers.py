"""The server lists the copies of texts that a browser can delete."""

import pytest
from django.urls import reverse

from portal.overrides.editor.copies import COOKIE
from tests.builders import newsroom_client
from tests.editorial.drafts import draft
from tests.editorial.editor.test_conflicting_edits import autosave, opened, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(lorraine, editor):
    return draft(lorraine, editor, "Une usine")


@pytest.fixture
def client(lorraine, editor):
    return newsroom_client(lorraine, editor)


def named(response) -> str:
    return response.cookies[COOKIE].value if COOKIE in response.cookies else ""


def test_saved_form_names_its_window(client, page):
    version_fields = opened(client, page)

    assert named(save(client, page, version_fields, "Une usine rouvre")) == f"saved.{version_fields['editing_window']}"


def test_autosave_sets_no_cookie_because_its_response_names_the_window(client, page):
    assert named(autosave(client, page, opened(client, page), "Une usine rouvre")) == ""


def test_text_stored_beside_a_newer_version_counts_as_saved(lorraine, client, page, approver):
    version_fields = opened(client, page)
    other = newsroom_client(lorraine, approver)
    save(other, page, opened(other, page), "Une usine ferme")

    assert named(save(client, page, version_fields, "Une usine rouvre")) == f"saved.{version_fields['editing_window']}"


def test_refused_form_names_no_window(client, page):
    version_fields = opened(client, page)

    assert named(save(client, page, version_fields, "Une usine", expire_at="31 février")) == ""


def test_sign_out_names_the_account(client, editor):
    assert named(client.post(reverse("wagtailadmin_logout"))) == f"ended.{editor.pk}"


def test_cookie_is_for_the_newsroom_only(client, page):
    response = save(client, page, opened(client, page), "Une usine rouvre")

    assert response.cookies[COOKIE]["path"] == "/admin/"
