"""A home page shows stories of the other sites of the network, by topic, in its own language."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.editorial.sharing.shares import Share
from tests.builders import change, make_article, make_private, make_settings, make_site, make_topic


@pytest.fixture
def network_shelf(lorraine):
    """Put the shelf on the home page and return its HTML, empty if it is hidden."""

    def arrange(topic=None, count: int = 3) -> str:
        change(lorraine.home, shelves=[("network", {"title": "Chez nos voisins", "topic": topic, "count": count})])
        page = lorraine.reader().get("/fr/").content.decode()
        return page.split("Chez nos voisins", 1)[1].split("</section>")[0] if "Chez nos voisins" in page else ""

    return arrange


def test_stories_of_other_sites_link_to_their_sites(saar, network_shelf):
    make_article(saar.sections["fr"], "Une usine à Sarrebruck", slug="usine")

    shelf = network_shelf()

    assert f'href="{saar.site.root_url}/fr/rubrique/usine/">Une usine à Sarrebruck</a>' in shelf
    assert saar.site.site_name in shelf
    assert "Article lorrain" not in shelf
    assert "sarrois de" not in shelf


def test_topic_matches_its_translations(lorraine, saar, network_shelf):
    energy = make_topic()
    make_article(saar.sections["fr"], "Le vent se lève", topics=[energy])
    make_article(saar.sections["fr"], "Le pain se lève")

    shelf = network_shelf(topic=energy)

    assert "Le vent se lève" in shelf
    assert "Le pain se lève" not in shelf
    assert network_shelf(topic=make_topic("Rien", slug="rien")) == ""


@pytest.mark.parametrize("apart", ["is_closed", "is_unlisted"])
def test_closed_or_unlisted_site_is_not_shown(lorraine, saar, network_shelf, apart):
    make_settings(saar, **{apart: True})

    assert "sarrois" not in network_shelf()
    assert f'href="{saar.site.root_url}/"' not in lorraine.reader().get("/fr/").content.decode()


def test_private_section_and_private_site_are_not_shown(saar, network_shelf):
    restriction = make_private(saar.sections["fr"], "secret")
    assert "sarrois" not in network_shelf()

    restriction.delete()
    assert "sarrois" in network_shelf()
    make_private(saar.homes["fr"], "secret")
    assert "sarrois" not in network_shelf()


def test_story_that_another_site_shares_is_not_shown(lorraine, saar, network_shelf):
    story = make_article(lorraine.section, "Une histoire lorraine")
    alias = story.create_alias(parent=saar.sections["fr"], update_slug="passee")
    Share.objects.create(page=story.page_ptr, site=saar.site, alias=alias.page_ptr, published_at=timezone.now())

    assert "Une histoire lorraine" not in network_shelf(count=8)


def test_more_sites_cost_no_more_queries(lorraine, saar, network_shelf):
    network_shelf()
    with CaptureQueriesContext(connection) as few:
        lorraine.reader().get("/fr/")
    for number in range(6):
        make_article(make_site(f"site-{number}.localhost", ("fr",)).section, f"Nouvelle {number}")
    assert "Nouvelle 5" in network_shelf()
    with CaptureQueriesContext(connection) as many:
        lorraine.reader().get("/fr/")

    assert len(many) == len(few)
