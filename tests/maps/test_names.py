"""Names of regions and towns come from GeoJSON, stand inside their region and never overlap."""

import json
import math

import pytest
from bs4 import BeautifulSoup
from hypothesis import assume, given, strategies as st

from portal.maps.drawing import drawn
from portal.maps.labels import LINE, WIDTHS, LabelBox, Named, _depth, beside, box_at, label_point, placed
from portal.maps.outlines import LONGEST_NAME, MOST_STORED, Names, Outline, read, written
from portal.maps.projection import clipped
from tests.maps.makers import REGIONS

MAP = read(json.dumps(REGIONS))
PLACES = st.tuples(st.floats(0.02, 0.98), st.floats(0.02, 0.98))


def regions(svg: str) -> list[str]:
    return [each.string for each in BeautifulSoup(svg, "html.parser").select(".map-name--region")]


def star(radii: list[float]) -> list[tuple[float, float]]:
    """A shape around the middle whose corners have these distances from it."""
    turn = 2 * math.pi / len(radii)
    return [
        (0.5 + radius * math.cos(turn * number), 0.5 + radius * math.sin(turn * number))
        for number, radius in enumerate(radii)
    ]


def edges(ring):
    return list(zip(ring, [*ring[1:], ring[0]], strict=True))


def test_region_has_its_name_in_the_language_of_the_reader():
    assert regions(drawn(MAP, [], "", "fr")) == ["Lorraine", "Sarre"]
    assert regions(drawn(MAP, [], "", "de")) == ["Lothringen", "Saarland"]


def test_text_alternative_names_the_regions():
    svg = BeautifulSoup(drawn(MAP, [], "Trois ports", "fr"), "html.parser").svg
    assert "Lorraine, Sarre" in svg["aria-label"]
    assert svg["aria-label"].startswith("Trois ports")


def test_name_that_is_wider_than_its_region_is_left_out():
    long = json.dumps(REGIONS).replace('"Lorraine"', json.dumps("Lorraine " * 12))
    assert regions(drawn(read(long), [], "", "")) == ["Saarland"]


def test_name_of_a_narrow_region_only_appears_on_wide_maps():
    narrow = [each for each in placed([Named((0.5, 0.5), (LabelBox(-50, -8, 100),), room=0.25)], [], 1) if each]
    assert [width for _box, width in narrow] == [480]


def test_towns_are_read_with_their_names():
    assert [town.names.name_in("fr") for town in MAP.towns] == ["Metz", "Sarrebruck"]


def test_stored_outline_has_the_same_names():
    assert read(written(MAP)) == MAP


def test_names_survive_simplification():
    ring = [[6 + math.cos(step / 500), 49 + math.sin(step / 500)] for step in range(3100)]
    feature = {
        "type": "Feature",
        "properties": {"name": "Rond"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    outline = read(json.dumps(feature))
    assert len(outline.positions) == MOST_STORED
    assert [names.name_in("") for names in outline.regions] == ["Rond"]


@pytest.mark.parametrize("properties", [None, [], {"name": 7}, {"name": "  "}, {"name:xx": "Elsewhere"}])
def test_properties_without_a_name_are_left_out(properties):
    feature = REGIONS["features"][0] | {"properties": properties}
    assert read(json.dumps(feature)).regions == {}


def test_long_name_is_cut_and_brings_no_markup():
    feature = REGIONS["features"][0] | {"properties": {"name": "<b>" * 50}}
    (names,) = read(json.dumps(feature)).regions
    assert len(names.name_in("")) == LONGEST_NAME
    assert "<b>" not in drawn(read(json.dumps(feature)), [], "", "")


@given(st.lists(st.floats(0.05, 0.45), min_size=3, max_size=12))
def test_label_point_is_inside_its_region(radii):
    ring = star(radii)
    assert _depth(label_point([ring]), edges(ring)) > 0


@given(st.lists(st.floats(0.05, 0.45), min_size=3, max_size=12), PLACES)
def test_no_place_is_much_further_from_the_border_than_the_label_point(radii, other):
    ring = star(radii)
    assert _depth(other, edges(ring)) <= _depth(label_point([ring]), edges(ring)) + 0.03


def test_name_is_not_in_a_hole():
    outer, hole = [(0, 0), (1, 0), (1, 1), (0, 1)], [(0.1, 0.1), (0.7, 0.1), (0.7, 0.9), (0.1, 0.9)]
    assert label_point([outer, hole])[0] > 0.7


@given(st.lists(PLACES, min_size=1, max_size=15), st.lists(st.text("abcdef", min_size=1, max_size=16), min_size=15))
def test_names_of_towns_never_overlap(places, texts):
    names = [Named(place, beside(text, 12)) for place, text in zip(places, texts, strict=False)]
    spots = [(place, LabelBox(-12, -12, 24, 24)) for place in places]
    found = placed(names, spots, 1)
    for width in WIDTHS:
        boxes = [
            box_at(name.place, each[0], width, 1)
            for name, each in zip(names, found, strict=True)
            if each and each[1] <= width
        ]
        circles = [box_at(place, box, width, 1) for place, box in spots]
        for number, box in enumerate(boxes):
            assert box.is_within(width, width)
            assert not any(box.meets(other) for other in [*boxes[:number], *circles])


def test_name_alone_stands_to_the_right_of_its_town():
    ((box, width),) = placed([Named((0.2, 0.5), beside("Metz", 12))], [], 1)
    assert (box.left, width) == (16, WIDTHS[0])
    assert box.height == LINE


@given(st.lists(st.tuples(st.floats(-2, 3), st.floats(-2, 3)), min_size=3, max_size=10))
def test_clipped_shape_is_inside_the_drawing(ring):
    assume(len(set(ring)) == len(ring))
    assert all(-1e-9 <= value <= 1 + 1e-9 for place in clipped(ring) for value in place)


def test_region_that_the_drawing_holds_is_not_clipped():
    ring = [(0.1, 0.1), (0.9, 0.1), (0.5, 0.8)]
    assert set(clipped(ring)) == set(ring)


def test_outline_without_names_has_none():
    assert Outline(()).regions == {}
    assert not Names()
