"""Requests for the root of the tree, which is not a page, are refused with a newsroom message."""

import pytest
from django.urls import reverse
from wagtail.models import Page

from portal.editorial.roles import Role
from tests.builders import make_article, make_member, newsroom_client

pytestmark = pytest.mark.django_db
ROOT = 1


def administrator(ground, newsroom):
    return newsroom[Role.SITE_ADMINISTRATOR]


def superuser(ground, newsroom):
    return make_member("network", is_superuser=True)


@pytest.mark.parametrize("who", [administrator, superuser])
@pytest.mark.parametrize("view", ["move_confirm", "lock", "unlock", "set_page_position"])
def test_root_is_neither_moved_nor_locked(lorraine, newsroom, who, view):
    client = newsroom_client(lorraine, who(lorraine, newsroom))
    keys = [ROOT, lorraine.home.pk] if view == "move_confirm" else [ROOT]

    refused = client.post(reverse(f"wagtailadmin_pages:{view}", args=keys))

    assert refused.url == reverse("wagtailadmin_home")
    assert not Page.objects.get(pk=ROOT).locked


@pytest.mark.parametrize("position", ["99999999999999999999999", "-1", "x"])
def test_invalid_position_moves_nothing(lorraine, newsroom, position):
    first, _second = make_article(lorraine.section, "Un"), make_article(lorraine.section, "Deux")
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    address = reverse("wagtailadmin_pages:set_page_position", args=[first.pk])

    assert client.post(f"{address}?position={position}").status_code == 404
    assert Page.objects.get(pk=first.pk).path == first.path
