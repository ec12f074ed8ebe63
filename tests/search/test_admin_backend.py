"""Wagtail's search backend accepts any query, ranks in one query, and loads no other titles on save."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.search.backends import get_search_backend

from articles.models import ArticlePage
from portal import settings as project
from portal.editorial.roles import Role, media_collection
from tests.builders import change, make_article, make_image, newsroom_client
from tests.search.searching import paragraph

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def admin_backend(lorraine):
    """Use the project's backend; the test network is built without it."""
    with override_settings(WAGTAILSEARCH_BACKENDS=project.WAGTAILSEARCH_BACKENDS):
        yield


@pytest.mark.parametrize("query", ['"', "'", "\0", "a\0b", 'NEAR( * "', "& | !", "(((", "x" * 5000, "%", "\\", ":*"])
def test_any_query_is_accepted(lorraine, query):
    backend = get_search_backend()
    for search in (backend.search, backend.autocomplete):
        assert list(search(query, Page)[:5]) == []
        assert search(query, ArticlePage.objects.live()).count() == 0


@pytest.mark.parametrize("query", ['"', "'fonderie", "\0", "a* OR b"])
def test_page_chooser_and_search_accept_query_operators(lorraine, query, newsroom):
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    for address in ("/admin/choose-page/search/", "/admin/pages/search/", "/admin/pages/search/results/"):
        assert client.get(address, {"q": query}).status_code == 200


def test_best_match_is_first_and_all_are_counted(lorraine, saar):
    text = paragraph("fonderie")
    in_text = make_article(lorraine.section, "Autre chose d’un tout autre ordre", body=text)
    in_title = make_article(lorraine.section, "Fonderie")
    elsewhere = make_article(saar.section, "Fonderie")
    newer = make_article(lorraine.section, "Encore une chose", body=text)
    found = get_search_backend().search("fonderie", ArticlePage.objects.descendant_of(lorraine.home))
    assert found.count() == 3
    keys = [page.pk for page in found]
    assert keys[0] == in_title.pk
    assert set(keys) == {in_title.pk, in_text.pk, newer.pk}
    assert elsewhere.pk not in keys
    assert [page.pk for page in found[1:3]] == keys[1:3]


@pytest.mark.parametrize(
    "title", ["9.400 Gäste", "Neues auf example.org", "Haushalt 2026/27", "Fragen an info@example.org"]
)
def test_numbers_and_addresses_are_found_as_they_are_written(lorraine, saar, title):
    page = make_article(lorraine.section, title)
    make_article(saar.section, "Etwas anderes")

    assert [found.pk for found in get_search_backend().search(title, Page.objects.all(), fields=["title"])] == [page.pk]


@pytest.fixture
def three_ranked(monkeypatch):
    monkeypatch.setattr("search.admin_backend.ranking.MAX_RANKED", 3)
    monkeypatch.setattr(f"search.admin_backend.{connection.vendor}.MAX_RANKED", 3)
    if connection.vendor == "sqlite":
        monkeypatch.setattr("search.admin_backend.sqlite.FIRST_BATCH", 2)


@pytest.mark.parametrize("leaf", [2, 3, 4, 10])
def test_each_result_is_on_one_page_although_only_the_first_are_ranked(lorraine, saar, three_ranked, leaf):
    collection = media_collection(lorraine.site)
    images = [make_image(f"Fonderie {number}", collection).pk for number in range(10)]
    make_image("Fonderie", media_collection(saar.site))
    found = get_search_backend().search("fonderie", get_image_model().objects.filter(collection=collection))

    reached = [image.pk for start in range(0, 10, leaf) for image in found[start : start + leaf]]

    assert sorted(reached) == images


def test_results_without_pagination_are_complete(lorraine, three_ranked):
    pages = [make_article(lorraine.section, f"Fonderie {number}").pk for number in range(9)]

    assert sorted(page.pk for page in get_search_backend().search("fonderie", ArticlePage)) == pages


def test_saving_a_page_loads_no_other_title(lorraine):
    page = make_article(lorraine.section, "Une fonderie")
    with CaptureQueriesContext(connection) as captured:
        change(page, title="Deux fonderies")
    assert not [query for query in captured if "AVG(" in query["sql"]]


def test_postgresql_has_an_index_on_title_and_body_together(db):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_indexes WHERE indexname = 'search_admin_title_and_body'")
            assert cursor.fetchone()
