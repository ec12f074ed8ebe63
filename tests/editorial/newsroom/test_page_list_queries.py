"""The newsroom's pages need few queries for any number of listed pages, pictures and dates."""

from copy import deepcopy

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page
from wagtail_localize.wagtail_hooks import page_listing_more_buttons

from portal import settings as project
from portal.editorial.dashboard.write import KindItem
from portal.editorial.roles import Role
from search.indexing.index import indexed_together
from tests.builders import make_article, make_event, make_member, newsroom_client

MAX_QUERIES = 45
PAGES = 30


@pytest.fixture(scope="module")
def module_shelf(module_network):
    with override_settings(WAGTAILSEARCH_BACKENDS=project.WAGTAILSEARCH_BACKENDS):
        with indexed_together():
            pages = [make_article(module_network.lorraine.section, f"Filière {number}") for number in range(PAGES)]
        yield pages


@pytest.fixture
def shelf(module_shelf, network):
    return deepcopy(module_shelf)


def addresses(ground):
    section = ground.section.pk
    yield reverse("wagtailadmin_explore", args=[section])
    yield reverse("wagtailadmin_explore_root")
    yield reverse("wagtailadmin_pages:search") + "?q=Fili"


def choosers(section):
    yield reverse("wagtailadmin_choose_page")
    yield reverse("wagtailadmin_choose_page") + "?page_type=articles.articlepage"
    yield reverse("wagtailadmin_choose_page_child", args=[section])
    yield reverse("wagtailadmin_choose_page_search") + "?q=Fili"


def work_pages(event):
    """The pages of daily work, except for the editing forms."""
    yield reverse("wagtailadmin_home")
    yield reverse("wagtailadmin_pages:history", args=[event.pk])
    yield reverse("event_dates", args=[event.pk])
    yield reverse("registrations:events")
    yield reverse("registrations:list", args=[event.pk])
    yield reverse("translation_board")
    yield reverse("wagtailimages:index")
    yield reverse("wagtaildocs:index")
    yield reverse("manual")
    yield reverse("newsletter_overview")
    yield reverse("site_accounts")
    yield reverse("wagtailadmin_reports:workflow")
    yield reverse("licences_report")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER, Role.SITE_ADMINISTRATOR, None])
def test_long_list_needs_few_queries(lorraine, newsroom, shelf, role):
    user = newsroom[role] if role else make_member("network", is_superuser=True)
    client = newsroom_client(lorraine, user)
    assert too_many(client, addresses(lorraine)) == {}
    # Wagtail's choosers read the parent of each row.
    assert too_many(client, choosers(lorraine.section.pk), MAX_QUERIES + PAGES) == {}


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.SITE_ADMINISTRATOR])
def test_daily_work_needs_few_queries(lorraine, newsroom, shelf, role):
    event = make_event(lorraine.calendar, "Matinées", recurrence="FREQ=WEEKLY;COUNT=12", takes_registrations=True)
    assert too_many(newsroom_client(lorraine, newsroom[role]), work_pages(event)) == {}


def too_many(client, wanted, most=MAX_QUERIES) -> dict[str, int]:
    """The addresses that exceed their query budget; an address that does is requested a second time."""
    requested = {}
    for address in wanted:
        for _visit in range(2):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address, follow=True).status_code == 200, address
            if len(queries) <= most:
                break
        requested[address] = len(queries)
    return {address: number for address, number in requested.items() if number > most}


def test_each_item_of_a_menu_is_decided_once(lorraine, newsroom, monkeypatch):
    asked, decide = [], KindItem.is_shown
    monkeypatch.setattr(KindItem, "is_shown", lambda item, request: asked.append(item.name) or decide(item, request))
    assert newsroom_client(lorraine, newsroom[Role.EDITOR]).get(reverse("wagtailadmin_home")).status_code == 200
    assert "write-articlepage" in asked
    assert len(asked) == len(set(asked))


def test_row_links_to_the_missing_translation(lorraine, newsroom, shelf):
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
