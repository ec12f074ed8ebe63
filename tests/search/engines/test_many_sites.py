"""A search of many sites costs no more queries, and finds what a search of few sites would find.

On PostgreSQL, the home pages of many sites are compared in another way than those of few.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from search import network
from search.query.criteria import EVERYWHERE
from tests.builders import make_settings, make_site
from tests.search.searching import edition, outcome, search, stories, titles

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[50, 0], ids=["few", "many"])
def many_homes(request, monkeypatch) -> None:
    monkeypatch.setattr("search.engines.postgresql.MANY_HOMES", request.param)


@pytest.fixture
def foundries(lorraine, saar, many_homes) -> None:
    """Two stories on the site, one in each language of another, and one on a site that is not open."""
    stories(lorraine, "Fonderie une", "Fonderie deux", "Aciérie")
    stories(saar, "Fonderie trois", language="fr")
    stories(saar, "Fonderie vier")
    closed = make_site("closed.localhost", ("fr",))
    make_settings(closed, is_unlisted=True)
    stories(closed, "Fonderie fermée")


def test_search_of_the_network_finds_the_language_on_all_open_sites(foundries, lorraine):
    assert set(titles(lorraine, "fonderie", sites=EVERYWHERE)) == {"Fonderie une", "Fonderie deux", "Fonderie trois"}


def test_search_of_the_network_in_all_languages(foundries, lorraine):
    assert search(lorraine, "fonderie", sites=EVERYWHERE, languages=EVERYWHERE).total == 4


def test_one_site_of_the_network_is_chosen(foundries, lorraine, saar):
    assert titles(lorraine, "fonderie", sites=EVERYWHERE, site=str(saar.site.pk)) == ["Fonderie trois"]


def test_other_sites_are_offered_only_if_they_have_results(foundries, lorraine):
    assert "sites" in search(lorraine, "fonderie").wider_scopes
    assert "sites" not in search(lorraine, "acierie").wider_scopes


def test_word_of_another_site_is_no_mistake(foundries, lorraine):
    assert outcome(lorraine, "trois fonderies")[1] == ""


def test_query_count_does_not_grow_with_the_number_of_sites(lorraine, saar):
    def queries() -> int:
        network._cache.clear()
        with CaptureQueriesContext(connection) as captured:
            network.network_of(edition(lorraine))
        return len(captured)

    edition(lorraine)
    before = queries()
    make_site("third.localhost", ("fr", "de"))
    edition(lorraine)

    assert queries() == before
