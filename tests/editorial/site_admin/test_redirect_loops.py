"""The redirect form refuses a loop, in which the redirects of the site lead from the target back to the path."""

import pytest
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect

from tests.editorial.site_admin.test_site_admin import redirect_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [{"/b": "/a"}, {"/b": "/c", "/c": "http://lorraine.localhost/a/?x=1"}])
def test_redirect_whose_target_leads_back_is_refused(lorraine, saar, administrator, rows):
    for old, new in rows.items():
        Redirect.objects.create(site=lorraine.site, old_path=old, redirect_link=new)
    facts = redirect_of(lorraine, old_path="/a", redirect_link="/b")

    form = administrator.post(reverse("site_redirects_add"), facts).context["form"]

    path = " → ".join(["/a", *rows, "/a"])
    message = f"This redirect would lead back to itself ({path}). Choose another address."
    assert form.errors == {"redirect_link": [message]}


def test_redirect_whose_target_leads_back_on_another_site_is_allowed(lorraine, saar, administrator):
    Redirect.objects.create(site=saar.site, old_path="/b", redirect_link="/a")

    administrator.post(reverse("site_redirects_add"), redirect_of(lorraine, old_path="/a", redirect_link="/b"))

    assert Redirect.objects.filter(site=lorraine.site, old_path="/a").exists()


def test_redirect_can_be_reversed(lorraine, administrator):
    row = Redirect.objects.create(site=lorraine.site, old_path="/a", redirect_link="/b")

    path = reverse("site_redirects_edit", args=[row.pk])
    administrator.post(path, redirect_of(lorraine, old_path="/b", redirect_link="/a"))

    assert Redirect.objects.get().old_path == "/b"
