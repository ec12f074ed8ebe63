"""A map with links: every place leads somewhere, is large enough for a finger, and stands in its town."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings, strategies as st

from portal.maps.atlas import RADIUS, AtlasPlace, atlas
from portal.maps.outlines import read
from portal.maps.towns import town_named, town_near
from tests.maps.makers import REGIONS

MAP = read(json.dumps(REGIONS))
METZ = AtlasPlace("Metz", (6.176, 49.119), 3, "#metz", "Metz: 3 stories")


def soup(*places: AtlasPlace, own: str = "", language: str = "fr") -> BeautifulSoup:
    return BeautifulSoup(atlas(MAP, places, "Titre", "map", language, own), "html.parser")


def test_place_is_a_link_with_its_number_and_a_full_name():
    (link,) = soup(METZ).select("a.atlas__place")
    assert (link["href"], link["aria-label"], link.find("text").string) == ("#metz", "Metz: 3 stories", "3")


def test_place_is_large_enough_for_a_finger():
    assert int(soup(METZ).select_one("a circle")["r"]) * 2 >= 24


def test_towns_without_anything_are_dots_with_quiet_names():
    html = soup(METZ)
    assert [each.string for each in html.select(".map-name--town")] == ["Sarrebruck"]
    assert len(html.select(".atlas__town")) == 1


def test_only_the_own_region_is_hatched():
    assert len(soup(METZ, own="Lorraine").select("path[fill^=url]")) == 1
    assert soup(METZ).select("path[fill^=url]") == []


def test_map_shows_the_own_region_and_the_places():
    whole, own = (float(soup(METZ, own=name).select_one(".atlas__scale line")["x2"][:-1]) for name in ("", "Saarland"))
    length = [soup(METZ, own=name).select_one(".atlas__scale text").string for name in ("", "Saarland")]
    assert (length[0], whole) != (length[1], own)


def test_place_of_another_site_is_quieter():
    other = AtlasPlace("Metz", (6.176, 49.119), 1, "#m", "Metz", is_own=False)
    assert soup(other).select(".atlas__place--other")


def test_name_cannot_bring_markup():
    assert "<script>" not in str(soup(AtlasPlace("<script>", (6, 49), 1, '"><script>', "<script>")))


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(5, 8), st.floats(48, 50)), min_size=2, max_size=10))
def test_circles_of_a_few_places_do_not_overlap_on_a_phone(positions):
    html = soup(*(AtlasPlace("x", position, 1, "#", "x") for position in positions))
    width = 288
    height = width * int(html.svg["height"]) / int(html.svg["width"])
    centres = []
    for link in html.select("a.atlas__place"):
        circle, place = link.circle, link.parent
        x, y = (float(place[name].rstrip("%")) / 100 for name in ("x", "y"))
        centres.append((x * width + int(circle["cx"]), y * height + int(circle["cy"])))
    for number, (x, y) in enumerate(centres):
        assert all((x - a) ** 2 + (y - b) ** 2 >= (2 * RADIUS - 2.5) ** 2 for a, b in centres[:number])


def test_ids_begin_with_the_key():
    ids = re.findall(r' id="([^"]+)"', str(soup(METZ)))
    assert ids == ["map-land", "map-hatching"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Halle des Marronniers, Metz", "Metz"),
        ("METZ", "Metz"),
        ("Saarbruecken", None),
        ("Sarrebruck", "Saarbrücken"),
        ("Saarbrucken", "Saarbrücken"),
        ("Metzervisse", None),
        ("", None),
    ],
)
def test_town_is_found_in_the_place_of_a_story(text, name):
    town = town_named(text, MAP.towns)
    assert (town.names.name_in("") if town else None) == name


@pytest.mark.parametrize(("position", "name"), [((6.18, 49.12), "Metz"), ((6.2, 49.2), "Metz"), ((6.0, 48.7), None)])
def test_venue_belongs_to_a_town_nearby(position, name):
    town = town_near(position, MAP.towns)
    assert (town.names.name_in("") if town else None) == name
