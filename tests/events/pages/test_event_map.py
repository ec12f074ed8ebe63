"""The map view of an event list has the events of the list, by venue, and leads back to the list of each venue."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Venue
from tests.builders import make_draft, make_event, make_private, make_settings
from tests.maps.makers import make_regions

MAP = "/fr/calendrier/?map=1"


@pytest.fixture
def outline(lorraine):
    outline = make_regions()
    make_settings(lorraine, map_outline=outline, map_region="Lorraine")
    return outline


@pytest.fixture
def hall():
    return Venue.objects.create(name="Halle aux grains", address="57000 Metz", latitude="49.11900", longitude="6.17600")


def html_of(ground, path: str = MAP) -> BeautifulSoup:
    response = ground.reader().get(path)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def listed(html: BeautifulSoup) -> list[str]:
    return [link.string for link in html.select(".atlas-places__entry a")]


def test_events_of_a_venue_are_one_point_with_their_number(lorraine, outline, hall):
    for title in ("Bourse", "Forum"):
        make_event(lorraine.calendar, title, venue=hall)

    html = html_of(lorraine)

    (point,) = html.select("a.atlas__place")
    assert point.find("text").string == "2"
    assert point["aria-label"].startswith("Halle aux grains")
    assert sorted(listed(html)) == ["Bourse", "Forum"]


def test_point_leads_to_the_list_of_its_venue(lorraine, outline, hall):
    make_event(lorraine.calendar, "Bourse", venue=hall)
    make_event(lorraine.calendar, "Ailleurs", place="Nancy")

    path = html_of(lorraine).select_one("a.atlas__place")["href"]

    assert [each.get_text(strip=True) for each in html_of(lorraine, path).select(".event-row__title")] == ["Bourse"]


def test_map_has_the_filter_of_the_list_and_keeps_it(lorraine, outline, hall):
    make_event(lorraine.calendar, "Prochain", venue=hall)
    make_event(lorraine.calendar, "Passé", venue=hall, start=timezone.now() - timedelta(days=9))

    html = html_of(lorraine, f"{MAP}&when=past")

    assert listed(html) == ["Passé"]
    assert "when=past" in html.select_one("a.atlas__place")["href"]
    assert html.select_one(".month-steps__list")["href"] == "/fr/calendrier/?when=past"


def test_event_without_coordinates_is_counted_below(lorraine, outline, hall):
    def others() -> int:
        return int(re.search(r"\d+", html_of(lorraine).select_one("main p.quiet").get_text())[0])

    make_event(lorraine.calendar, "Bourse", venue=hall)
    before = others()
    make_event(lorraine.calendar, "Ailleurs", place="Nancy")

    assert listed(html_of(lorraine)) == ["Bourse"]
    assert others() == before + 1


def test_place_of_a_date_takes_precedence_over_the_venue_of_its_event(lorraine, outline, hall):
    event = make_event(lorraine.calendar, "Bourse", venue=hall)
    event.occurrences.update(place="Chez l’habitant")

    assert listed(html_of(lorraine)) == []


@pytest.mark.parametrize("which", ["draft", "private", "another site's"])
def test_what_readers_may_not_see_is_not_on_the_map(lorraine, saar, outline, hall, which):
    make_event(lorraine.calendar, "Témoin", venue=hall)
    calendar = saar.calendars["fr"] if which == "another site's" else lorraine.calendar
    event = make_event(calendar, "Secret", venue=hall)
    if which == "draft":
        make_draft(event)
    elif which == "private":
        make_private(event)

    assert listed(html_of(lorraine)) == ["Témoin"]


def test_views_lead_to_each_other(lorraine, outline):
    links = {link["href"] for link in html_of(lorraine, "/fr/calendrier/").select("a.list__view")}
    assert "?map=1" in links
    views = [link["href"] for link in html_of(lorraine).select("a.month-steps__list")]
    assert views == ["/fr/calendrier/", f"/fr/calendrier/?month={timezone.localdate():%Y-%m}"]


def test_site_without_an_outline_has_no_map(lorraine, hall):
    make_event(lorraine.calendar, "Bourse", venue=hall)

    assert html_of(lorraine).select(".atlas") == []
    assert len(html_of(lorraine, "/fr/calendrier/").select("a.list__view")) == 1


def test_search_engines_read_the_list_instead(lorraine, outline):
    html = html_of(lorraine)
    assert "noindex" in html.select_one("meta[name=robots]")["content"]
    assert html.select_one("link[rel=canonical]")["href"].endswith("/fr/calendrier/")


def test_map_takes_the_same_queries_for_5_and_for_200_dates(lorraine, outline, hall):
    def queries(days: int) -> list[str]:
        first = timezone.localdate()
        path = f"{MAP}&first={first}&last={first + timedelta(days=days)}"
        reader = lorraine.reader()
        for _ in range(2):
            found = len(listed(BeautifulSoup(reader.get(path).content, "html.parser")))
        assert found == days
        with CaptureQueriesContext(connection) as captured:
            reader.get(path)
        return [query["sql"] for query in captured.captured_queries]

    start = timezone.now() + timedelta(days=1)
    make_event(lorraine.calendar, "Tous les jours", start=start, recurrence="FREQ=DAILY;COUNT=220", venue=hall)

    assert len(queries(5)) == len(queries(200)) <= 8
