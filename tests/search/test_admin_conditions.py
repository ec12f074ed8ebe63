"""The newsroom's search asks each match whether one may see it, and not all pages; it finds the same ones."""

import pytest
from django.urls import reverse
from wagtail.models import Page
from wagtail.permissions import policy_registry

from portal.editorial.roles import Role
from search.admin_backend.conditions import with_own_conditions
from tests.builders import make_article, make_newsroom, newsroom_client

pytestmark = pytest.mark.django_db


def narrowed(pages, user):
    """As Wagtail's views do it."""
    return pages.filter(
        pk__in=policy_registry.get_by_type(Page).explorable_instances(user).values_list("pk", flat=True)
    )


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.SITE_ADMINISTRATOR])
def test_rows_are_the_same_and_their_table_is_read_once(lorraine, saar, role):
    make_article(lorraine.section), make_article(saar.section)
    user = make_newsroom(lorraine)[role]
    pages = narrowed(Page.objects.filter(live=True), user).order_by("pk")

    found = with_own_conditions(pages)

    assert list(found) == list(pages) != list(Page.objects.filter(live=True).order_by("pk"))
    assert str(pages.query).count('FROM "wagtailcore_page"') == 2
    assert str(found.query).count('FROM "wagtailcore_page"') == 1


@pytest.mark.parametrize(
    "inner",
    [
        Page.objects.filter(depth=2).values("pk")[:1],
        Page.objects.filter(depth=3).values("translation_key"),
        Page.objects.filter(sites_rooted_here__hostname="lorraine.localhost").values("pk"),
        Page.objects.none().values("pk"),
        Page.objects.values("pk"),
    ],
)
@pytest.mark.parametrize("is_left_out", [False, True])
def test_other_subqueries_mean_what_they_meant(lorraine, saar, inner, is_left_out):
    key = "translation_key__in" if "translation_key" in inner.query.values_select else "pk__in"
    pages = Page.objects.exclude(**{key: inner}) if is_left_out else Page.objects.filter(**{key: inner})

    assert set(with_own_conditions(pages)) == set(pages)


def test_search_of_the_newsroom_finds_the_pages_of_ones_own_site(settings, lorraine, saar):
    settings.WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "search.admin_backend"}}
    make_article(lorraine.section, "Fonderie lorraine"), make_article(saar.section, "Fonderie sarroise")
    client = newsroom_client(lorraine, make_newsroom(lorraine)[Role.EDITOR])

    text = client.get(reverse("wagtailadmin_pages:search"), {"q": "fonderie"}).text

    assert "Fonderie lorraine" in text
    assert "Fonderie sarroise" not in text
