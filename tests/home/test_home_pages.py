"""A site's home page cannot be unpublished while it has child pages."""

import pytest
from django.urls import reverse

from tests.editorial.actions import reload

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(lorraine):
    return lorraine.homes["de"]


def test_home_page_above_other_pages_cannot_be_unpublished(lorraine, home, administrator):
    administrator.post(reverse("wagtailadmin_pages:unpublish", args=[home.pk]))

    assert reload(home).live
    assert lorraine.reader().get("/de/").status_code == 200


def test_unpublishing_a_home_page_without_children_is_offered(home, administrator):
    offer = reverse("wagtailadmin_pages:unpublish", args=[home.pk])
    edit = reverse("wagtailadmin_pages:edit", args=[home.pk])
    assert offer not in administrator.get(edit).content.decode()

    for page in home.get_children():
        page.delete()

    assert offer in administrator.get(edit).content.decode()
