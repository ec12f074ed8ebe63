"""The screens that members of a newsroom may open. tests/separation covers the records of other sites."""

import pytest
from django.urls import reverse

from portal.editorial.roles import Role
from tests.builders import (
    make_member,
    make_section_member,
    newsroom_client,
)
from tests.checkers.refusals import is_refused


@pytest.fixture
def enter(lorraine, newsroom):
    """A function that signs in a member of the site by role."""
    return lambda role: newsroom_client(lorraine, newsroom.get(role) or make_section_member(lorraine, role))


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
def test_other_roles_change_no_settings(lorraine, enter, role):
    assert is_refused(enter(role).get(reverse("wagtailsettings:edit", args=["core", "sitesettings", lorraine.site.pk])))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "view",
    [
        "wagtailusers_users:index",
        "wagtailusers_groups:index",
        "wagtailsites:index",
        "wagtaillocales:index",
        "wagtailredirects:index",
        "wagtailadmin_workflows:index",
    ],
)
def test_network_wide_settings_are_closed_to_sites(enter, role, view):
    assert is_refused(enter(role).get(reverse(view)))


def test_newsroom_covers_every_language_of_the_site(lorraine, enter):
    for home in lorraine.homes.values():
        path = reverse("wagtailadmin_pages:add", args=["home", "sectionpage", home.pk])
        assert enter(Role.EDITOR).get(path).status_code == 200


def test_anonymous_user_is_redirected_to_sign_in(lorraine):
    response = lorraine.reader().get(reverse("wagtailadmin_explore", args=[lorraine.home.pk]))

    assert response.status_code == 302
    assert "/admin/login/" in response["Location"]


def test_reader_without_a_role_has_no_newsroom(lorraine):
    client = newsroom_client(lorraine, make_member("reader"))

    assert "/admin/login/" in client.get("/admin/")["Location"]
