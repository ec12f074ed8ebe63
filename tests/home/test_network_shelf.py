"""A home page gathers stories of the other sites of the network, by topic, in its own language."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.editorial.sharing.shares import Share
from tests.builders import change, make_article, make_private, make_settings, make_site, make_topic


@pytest.fixture
def gathers(lorraine):
    """Put the shelf on the home page of the site under test."""

    def arrange(topic=None, count: int = 3) -> str:
        change(lorraine.home, shelves=[("network", {"title": "Chez nos voisins", "topic": topic, "count": count})])
        page = lorraine.reader().get("/fr/").content.decode()
        return page.split("Chez nos voisins", 1)[1].split("</section>")[0] if "Chez nos voisins" in page else ""

    return arrange


def test_newest_stories_of_the_others_lead_to_their_sites(saar, gathers):
    make_article(saar.sections["fr"], "Une usine à Sarrebruck", slug="usine")

    shelf = gathers()

    assert f'href="{saar.site.root_url}/fr/rubrique/usine/">Une usine à Sarrebruck</a>' in shelf
    assert saar.site.site_name in shelf
    assert "Article lorrain" not in shelf
    assert "sarrois de" not in shelf


def test_topic_is_one_in_every_language(lorraine, saar, gathers):
    energy = make_topic()
    make_article(saar.sections["fr"], "Le vent se lève", topics=[energy])
    make_article(saar.sections["fr"], "Le pain se lève")

    shelf = gathers(topic=energy)

    assert "Le vent se lève" in shelf
    assert "Le pain se lève" not in shelf


def test_shelf_without_stories_is_left_out(lorraine, gathers):
    assert gathers(topic=make_topic("Rien", slug="rien")) == ""


@pytest.mark.parametrize("apart", ["is_closed", "is_unlisted"])
def test_site_that_is_not_open_is_not_shown(lorraine, saar, gathers, apart):
    make_settings(saar, **{apart: True})

    assert "sarrois" not in gathers()
    assert f'href="{saar.site.root_url}/"' not in lorraine.reader().get("/fr/").content.decode()


def test_private_section_and_private_site_are_not_shown(saar, gathers):
    restriction = make_private(saar.sections["fr"], "secret")
    assert "sarrois" not in gathers()

    restriction.delete()
    assert "sarrois" in gathers()
    make_private(saar.homes["fr"], "secret")
    assert "sarrois" not in gathers()


def test_what_a_site_passes_on_is_not_shown_again(lorraine, saar, gathers):
    story = make_article(lorraine.section, "Une histoire lorraine")
    alias = story.create_alias(parent=saar.sections["fr"], update_slug="passee")
    Share.objects.create(page=story.page_ptr, site=saar.site, alias=alias.page_ptr, published_at=timezone.now())

    assert "Une histoire lorraine" not in gathers(count=8)


def test_more_sites_cost_no_more_queries(lorraine, saar, gathers):
    gathers()
    with CaptureQueriesContext(
        connection,
    ) as few:
        lorraine.reader().get("/fr/")
    for number in range(6):
        make_article(make_site(f"site-{number}.localhost", ("fr",)).section, f"Nouvelle {number}")
    assert "Nouvelle 5" in gathers()
    with CaptureQueriesContext(connection) as many:
        lorraine.reader().get("/fr/")

    assert len(many) == len(few)
