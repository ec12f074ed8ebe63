"""The map of the network shows stories and events of all sites by place, and nothing that readers may not see."""

import json
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.signal_handlers import disable_reference_index_auto_update

from articles.models import ArticlePage
from events.models import Venue
from portal.content.records.listing import StoryCard
from tests.builders import (
    change,
    make_article,
    make_draft,
    make_event,
    make_image,
    make_portrait,
    make_private,
    make_settings,
)
from tests.maps.makers import make_regions

SAARBRUECKEN = {"latitude": "49.23400", "longitude": "6.99700"}


@pytest.fixture
def outline(lorraine):
    outline = make_regions()
    make_settings(lorraine, map_outline=outline, map_region="Lorraine")
    return outline


def html_of(ground, *others) -> BeautifulSoup:
    shelf = {"type": "border", "value": {"title": "Des deux côtés", "count": 12}}
    change(ground.home, shelves=[shelf, *others])
    response = ground.reader().get("/fr/")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def places(html: BeautifulSoup) -> dict[str, list[str]]:
    return {
        place.select_one(".atlas-places__name").string: [link.string for link in place.select("li a")]
        for place in html.select(".atlas-places__place")
    }


def test_story_is_at_the_place_that_it_names(lorraine, outline):
    make_article(lorraine.section, "La fonderie", place="Metz-Borny")
    make_article(lorraine.section, "Nulle part")

    assert places(html_of(lorraine)) == {"Metz": ["La fonderie"]}


def test_portrait_and_events_of_another_site_are_at_their_town(lorraine, saar, outline):
    make_portrait(saar.sections["fr"], "Une batelière", place="Saarbrücken")
    hall = Venue.objects.create(name="Schuppen 9", **SAARBRUECKEN)
    make_event(saar.calendars["fr"], "Soirée réparation", venue=hall)

    html = html_of(lorraine)

    assert places(html) == {"Sarrebruck": ["Soirée réparation", "Une batelière"]}
    link = html.select_one(".atlas-places__entry a")
    assert link["href"].startswith(saar.site.root_url)
    assert saar.site.site_name in html.select_one(".atlas-places__label").get_text()


def test_every_point_leads_to_its_place_in_the_list(lorraine, outline):
    make_article(lorraine.section, "La fonderie", place="Metz")

    html = html_of(lorraine)

    targets = [point["href"].removeprefix("#") for point in html.select("a.atlas__place")]
    assert targets == [place["id"] for place in html.select(".atlas-places__place")] != []


def test_venue_far_from_every_town_is_a_place_of_its_own(lorraine, outline):
    mill = Venue.objects.create(name="Moulin du Nord", latitude="49.80000", longitude="7.50000")
    make_event(lorraine.calendar, "Portes ouvertes", venue=mill)

    assert places(html_of(lorraine)) == {"Moulin du Nord": ["Portes ouvertes"]}


def test_event_with_a_place_in_words_is_not_at_the_venue_of_its_series(lorraine, outline):
    make_event(lorraine.calendar, "En ligne", place="Chez vous")

    assert html_of(lorraine).select(".shelf--border") == []


@pytest.mark.parametrize("which", ["draft", "private", "expired", "other language", "closed site"])
def test_what_readers_may_not_see_is_not_on_the_map(lorraine, saar, outline, which):
    make_article(lorraine.section, "Témoin", place="Metz")
    section = saar.sections["de" if which == "other language" else "fr"]
    hall = Venue.objects.create(name="Halle", **SAARBRUECKEN)
    story = make_article(section, "Secret", place="Metz")
    event = make_event(saar.calendars[section.locale.language_code], "Secrète", venue=hall)
    if which == "closed site":
        make_settings(saar, is_closed=True)
    for page in (story, event):
        if which == "draft":
            make_draft(page)
        elif which == "private":
            make_private(page)
        elif which == "expired":
            change(page, expire_at=timezone.now() - timedelta(minutes=1))

    assert places(html_of(lorraine)) == {"Metz": ["Témoin"]}


def test_story_may_also_be_on_another_shelf(lorraine, outline):
    make_article(lorraine.section, "La fonderie", place="Metz")

    html = html_of(lorraine, {"type": "latest", "value": {"title": "Nouvelles", "count": 2}})

    assert "La fonderie" in html.select_one(".shelf--latest").get_text()
    assert places(html) == {"Metz": ["La fonderie"]}


def test_shelf_is_hidden_without_an_outline(lorraine):
    make_article(lorraine.section, "La fonderie", place="Metz")

    assert html_of(lorraine).select(".shelf--border") == []


def test_place_with_much_leads_to_the_search_of_the_network(lorraine, outline):
    for number in range(4):
        make_article(lorraine.section, f"Article {number} de Metz", place="Metz")

    html = html_of(lorraine)

    assert len(html.select(".atlas-places__entry")) == 2
    assert html.select_one(".atlas__place text").string == "4"
    assert html.select_one(".atlas-places__more")["href"].endswith("?q=Metz&scope=sites")
    found = lorraine.reader().get(html.select_one(".atlas-places__more")["href"])
    assert "Article 3 de Metz" in BeautifulSoup(found.content, "html.parser").get_text()


def test_card_follows_a_changed_place(lorraine, outline):
    story = make_article(lorraine.section, "La fonderie", place="Metz")

    change(story, place="Sarrebruck")

    assert StoryCard.objects.get(page=story).place == "Sarrebruck"
    assert places(html_of(lorraine)) == {"Sarrebruck": ["La fonderie"]}


def test_story_says_its_place_to_machines(lorraine):
    story = make_article(lorraine.section, "La fonderie", place="Metz")

    page = BeautifulSoup(lorraine.reader().get(lorraine.address(story)).content, "html.parser")
    data_of_page = json.loads(page.select_one('script[type="application/ld+json"]').string)
    data = lorraine.reader().get(f"/api/v2/pages/{story.pk}/").json()

    assert "Metz" in [
        thing["contentLocation"]["name"] for thing in data_of_page["@graph"] if "contentLocation" in thing
    ]
    assert data["place"] == "Metz"


def test_map_takes_the_same_queries_for_any_number_of_stories_and_events(lorraine, saar, outline):
    def queries() -> list[str]:
        reader = lorraine.reader()
        for _ in range(2):
            reader.get("/fr/")
        with CaptureQueriesContext(connection) as captured:
            reader.get("/fr/")
        return [query["sql"] for query in captured.captured_queries]

    hall = Venue.objects.create(name="Halle", **SAARBRUECKEN)
    make_article(lorraine.section, "Première", place="Metz")
    make_event(lorraine.calendar, "Premier", venue=hall)
    html_of(lorraine)
    few = queries()
    picture = make_image("Vue")
    with disable_reference_index_auto_update():
        for number in range(100):
            facts = {"slug": f"s{number}", "lead_image": picture, "place": "Metz", "locale": lorraine.home.locale}
            lorraine.section.add_child(instance=ArticlePage(title=f"Suite {number}", **facts))
    for number in range(20):
        make_event(saar.calendars["fr"], f"Suite {number}", venue=hall)

    assert len(queries()) == len(few) <= 7, "\n".join(few)
