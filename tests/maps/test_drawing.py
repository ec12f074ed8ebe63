"""Maps show outlines and points at their places, with numbers that do not overlap on the narrowest phone."""

import json
import math
import re
import time

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, strategies as st

from portal.maps.drawing import RADIUS, WIDTHS, MapPoint, apart, drawn
from portal.maps.outlines import read
from portal.maps.projection import HIGHEST, LOWEST, fitted, is_far

SQUARE = read(json.dumps({"type": "Polygon", "coordinates": [[[6.0, 49.0], [7.0, 49.0], [7.0, 50.0], [6.0, 50.0]]]}))
RIVER = read(json.dumps({"type": "LineString", "coordinates": [[6.0, 49.0], [7.0, 50.0]]}))


def soup(svg) -> BeautifulSoup:
    return BeautifulSoup(svg, "html.parser")


def names(svg) -> list[str]:
    return [point["aria-label"] for point in soup(svg).select(".map__point")]


def test_west_is_left_and_north_is_up():
    frame = fitted([(6, 49), (7, 50)])
    (west, south), (east, north) = frame((6, 49)), frame((7, 50))
    assert west < east
    assert north < south


def test_kilometre_is_as_long_to_the_east_as_to_the_north():
    frame = fitted([(6, 49), (7, 50)])
    (x, y), (east, _y) = frame((6, 49.5)), frame((7, 49.5))
    (_x, north) = frame((6, 50.5))
    across = (east - x) / math.cos(math.radians(49.5))
    assert (y - north) * frame.ratio == pytest.approx(across)


def test_points_have_their_number_and_name():
    svg = drawn(SQUARE, [MapPoint("Metz", (6.2, 49.1)), MapPoint("Trier", (6.6, 49.8))], "Title")
    assert names(svg) == ["1. Metz", "2. Trier"]


def test_drawing_has_the_title_as_its_name():
    assert soup(drawn(SQUARE, [], "Deux <ports>")).svg["aria-label"] == "Deux <ports>"


def test_point_in_the_middle_of_the_outline_is_in_the_middle_of_the_map():
    point = soup(drawn(SQUARE, [MapPoint("Middle", (6.5, 49.5))], "")).select_one(".map__point")
    assert (point["x"], point["y"]) == ("50.0%", "50.0%")


def test_river_is_a_line_and_a_country_a_surface():
    shapes = [soup(drawn(outline, [], "")).path["class"] for outline in (RIVER, SQUARE)]
    assert shapes == [["map__line"], ["map__land"]]


def test_map_without_an_outline_shows_its_points():
    assert names(drawn(None, [MapPoint("Metz", (6.2, 49.1))], "")) == ["1. Metz"]


def test_name_cannot_bring_markup():
    assert "<script>" not in drawn(SQUARE, [MapPoint("<script>", (6.2, 49.1))], "<script>")


def test_numbers_are_on_their_points_where_there_is_room():
    assert apart([(0.2, 0.2), (0.8, 0.8)], 1) == [(0, 0), (0, 0)]


def test_numbers_of_close_points_stand_beside_them():
    svg = drawn(SQUARE, [MapPoint("Metz", (6.5, 49.5)), MapPoint("Montigny", (6.5, 49.501))], "")
    assert len(soup(svg).select(".map__pointer")) == 2


@given(st.lists(st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9)), min_size=2, max_size=8))
def test_numbers_of_a_few_points_never_overlap(places):
    offsets = apart(places, 1)
    for width in WIDTHS:
        centres = [(x * width + right, y * width + down) for (x, y), (right, down) in zip(places, offsets, strict=True)]
        for number, centre in enumerate(centres):
            assert all(math.dist(centre, other) >= 2 * RADIUS for other in centres[:number])


@pytest.mark.parametrize("places", [[(0.5, 0.5)] * 30, [(0.5 + number / 400, 0.5) for number in range(30)]])
def test_numbers_of_a_crowd_are_placed_in_a_short_time(places):
    before = time.process_time()
    offsets = apart(places, 0.5)
    assert len(set(offsets)) > 10
    assert time.process_time() - before < 5


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=30))
def test_any_points_are_inside_their_map(positions):
    svg = drawn(None, [MapPoint("x", position) for position in positions], "")
    ratio = int(soup(svg).svg["height"]) / int(soup(svg).svg["width"])
    assert LOWEST - 0.01 <= ratio <= HIGHEST + 0.01
    percentages = [float(each) for each in re.findall(r'(?:x|y)="([\d.-]+)%"', svg)]
    assert all(0 <= each <= 100 for each in percentages)


@pytest.mark.parametrize(
    ("position", "far"), [((6.5, 49.5), False), ((7.9, 50.9), False), ((49.1, 6.2), True), ((2.3, 48.9), True)]
)
def test_swapped_coordinates_are_far_from_the_outline(position, far):
    assert is_far(position, SQUARE.positions) is far
