"""The page explorer and the page choosers need few queries, however many pages they list."""

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page
from wagtail_localize.wagtail_hooks import page_listing_more_buttons

from portal import settings as project
from portal.editorial.roles import Role
from tests.builders import make_article, make_member, newsroom_client

MOST = 40
PAGES = 30


@pytest.fixture
def shelf(lorraine):
    with override_settings(WAGTAILSEARCH_BACKENDS=project.WAGTAILSEARCH_BACKENDS):
        yield [make_article(lorraine.section, f"Filière {number}") for number in range(PAGES)]


def addresses(ground):
    section = ground.section.pk
    yield reverse("wagtailadmin_explore", args=[section])
    yield reverse("wagtailadmin_explore_root")
    yield reverse("wagtailadmin_pages:search") + "?q=Fili"
    yield reverse("wagtailadmin_choose_page")
    yield reverse("wagtailadmin_choose_page_child", args=[section])
    yield reverse("wagtailadmin_choose_page_search") + "?q=Fili"


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER, Role.SITE_ADMINISTRATOR, None])
def test_long_list_needs_few_queries(lorraine, newsroom, shelf, role):
    user = newsroom[role] if role else make_member("network", is_superuser=True)
    client = newsroom_client(lorraine, user)
    asked = {}
    for address in addresses(lorraine):
        client.get(address, follow=True)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address, follow=True).status_code == 200
        asked[address] = len(queries)
    assert {address: number for address, number in asked.items() if number > MOST} == {}


def test_row_leads_to_the_translation_that_is_missing(lorraine, newsroom, shelf):
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    html = client.get(reverse("wagtailadmin_explore", args=[lorraine.section.pk])).content.decode()
    assert reverse("wagtail_localize:submit_page_translation", args=[shelf[-1].pk]) in html
    # The calendar has been translated.
    assert reverse("wagtail_localize:submit_page_translation", args=[lorraine.calendar.pk]) not in html


def test_buttons_of_wagtail_localize_still_query_for_every_row(lorraine, newsroom, shelf):
    """If this fails, our buttons that replace them are no longer needed."""
    page = Page.objects.annotate_has_untranslated_locale().specific().get(pk=shelf[0].pk)
    with CaptureQueriesContext(connection) as queries:
        list(page_listing_more_buttons(page, make_member("network", is_superuser=True)))
    assert len(queries) > 1


def test_chooser_results_name_their_parents(lorraine, newsroom, shelf):
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    html = client.get(reverse("wagtailadmin_choose_page_search") + "?q=Fili").content.decode()
    assert lorraine.section.title in html
    assert f'data-parent-id="{lorraine.section.pk}"' in html
