"""GeoJSON is read, simplified and written back, or refused with a reason, in a short time."""

import json
import math
import time

import pytest
from django.utils.translation import override
from hypothesis import given, strategies as st

from portal.maps.outlines import MOST_CHARACTERS, MOST_POSITIONS, MOST_STORED, MapError, Outline, read, written

SQUARE = [[6.0, 49.0], [7.0, 49.0], [7.0, 50.0], [6.0, 50.0], [6.0, 49.0]]


def geojson(kind: str, coordinates) -> str:
    return json.dumps({"type": kind, "coordinates": coordinates}, separators=(",", ":"))


def sizes(outline: Outline) -> list[tuple[int, bool]]:
    return [(len(line.positions), line.is_border) for line in outline.lines]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (geojson("Polygon", [SQUARE]), [(4, True)]),
        (geojson("Polygon", [SQUARE, SQUARE]), [(4, True), (4, True)]),
        (geojson("MultiPolygon", [[SQUARE], [SQUARE]]), [(4, True), (4, True)]),
        (geojson("LineString", SQUARE), [(5, False)]),
        (geojson("LineString", [[6, 49, 180.5], [7, 50, 200]]), [(2, False)]),
        (geojson("MultiLineString", [SQUARE[:2], SQUARE[:3]]), [(2, False), (3, False)]),
        (json.dumps({"type": "Feature", "geometry": json.loads(geojson("Polygon", [SQUARE]))}), [(4, True)]),
        (
            json.dumps(
                {
                    "type": "FeatureCollection",
                    "features": [
                        {"type": "Feature", "geometry": None},
                        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [6, 49]}},
                        {
                            "type": "Feature",
                            "geometry": {
                                "type": "GeometryCollection",
                                "geometries": [{"type": "Polygon", "coordinates": [SQUARE]}],
                            },
                        },
                    ],
                }
            ),
            [(4, True)],
        ),
    ],
)
def test_polygons_and_lines_are_read(text, lines):
    assert sizes(read(text)) == lines


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cannot be read as JSON"),
        ("<svg/>", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ('{"type": "LineString", "coordinates": [[NaN, 1], [2, 3]]}', "cannot be read as JSON"),
        ('{"type": "LineString", "coordinates": [[-Infinity, 1], [2, 3]]}', "cannot be read as JSON"),
        ('{"type": "LineString", "coordinates": [[' + "9" * 5000 + ", 1], [2, 3]]}", "cannot be read as JSON"),
        ('{"type": "LineString", "coordinates": [[1e999, 1], [2, 3]]}', "not on Earth"),
        ('{"type": "LineString", "coordinates": [[' + "9" * 400 + ", 1], [2, 3]]}", "not on Earth"),
        (geojson("LineString", [[934_000, 6_900_000], [934_001, 6_900_001]]), "not on Earth.* longitude first"),
        (geojson("LineString", [[6, 91], [6, 90]]), "position 6, 91"),
        (geojson("LineString", [[True, 1], [2, 3]]), "not a pair of numbers"),
        (geojson("LineString", [["6", "49"], [2, 3]]), "not a pair of numbers"),
        (geojson("LineString", [[6], [2, 3]]), "not a pair of numbers"),
        (geojson("LineString", [6, 49]), "not a pair of numbers"),
        (geojson("Polygon", SQUARE), "not a pair of numbers"),
        (geojson("Polygon", None), "incomplete"),
        (geojson("MultiPolygon", {"a": 1}), "incomplete"),
        ('{"type": "FeatureCollection"}', "incomplete"),
        ('{"type": "Topology", "arcs": []}', "no type “Topology”"),
        ('{"type": ["Polygon"]}', "every object needs a “type”"),
        ("[]", "every object needs a “type”"),
        ("null", "every object needs a “type”"),
        (geojson("Point", [6, 49]), "no polygon and no line"),
        (geojson("Polygon", [[[6, 49], [7, 49], [6, 49]]]), "no polygon and no line"),
        (geojson("LineString", [[6, 49], [6.0000001, 49]]), "no polygon and no line"),
        ('{"type": "GeometryCollection", "geometries": [' * 20 + "]}" * 20, "nested too deeply"),
        (" " * (MOST_CHARACTERS + 1), "too long"),
        (geojson("LineString", [[place % 2, 49] for place in range(MOST_POSITIONS + 1)]), "too many positions"),
        (geojson("MultiLineString", [SQUARE[:2]] * 2001), "too many borders and lines: at most 2000"),
        (geojson("MultiLineString", [SQUARE[:2]] * 1000), "too many borders and lines: at most 750"),
    ],
    ids=lambda text: text[:60],
)
def test_unusable_geojson_is_refused_with_its_reason(text, words):
    with override("en"), pytest.raises(MapError, match=words):
        read(text)


def circle(count: int) -> list[list[float]]:
    angles = (2 * math.pi * place / count for place in range(count))
    return [[6 + math.cos(angle), 49 + math.sin(angle)] for angle in angles]


def spiral(count: int) -> list[list[float]]:
    """A line for which the method of Douglas and Peucker is slow."""
    return [[place / count * math.cos(place), place / count * math.sin(place)] for place in range(count)]


@pytest.mark.parametrize("line", [circle, spiral])
def test_largest_outline_is_simplified_in_seconds(line):
    text = geojson("LineString", [[round(x, 4), round(y, 4)] for x, y in line(MOST_POSITIONS - 10)])
    before = time.process_time()
    outline = read(text)
    assert len(outline.positions) <= MOST_STORED
    assert time.process_time() - before < 20


def test_simplified_circle_is_still_round():
    outline = read(geojson("Polygon", [circle(20_000)]))
    distances = [math.hypot(longitude - 6, latitude - 49) for longitude, latitude in outline.positions]
    assert len(distances) == MOST_STORED
    assert min(distances) == pytest.approx(1, abs=1e-4)


def test_smallest_islands_disappear_first():
    islands = [[[x + 0.001, 49], [x + 0.002, 49], [x + 0.001, 49.001]] for x in range(-180, 180)]
    outline = read(geojson("MultiPolygon", [[circle(2_000)], *([island] for island in islands)]))
    assert len(outline.lines[0].positions) > 100
    assert len(outline.positions) <= MOST_STORED


def test_line_retains_its_ends_when_it_is_simplified():
    line = [[round(place / 1000, 5), 49 + place % 2 / 1000] for place in range(5_000)]
    (simplified,) = read(geojson("LineString", line)).lines
    assert (simplified.positions[0], simplified.positions[-1]) == (tuple(line[0]), tuple(line[-1]))


POSITIONS = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(st.lists(st.tuples(st.lists(POSITIONS, max_size=12), st.booleans()), max_size=6))
def test_written_outline_is_read_again(lines):
    parts = [
        {"type": "Polygon", "coordinates": [positions]}
        if is_border
        else {"type": "LineString", "coordinates": positions}
        for positions, is_border in lines
    ]
    try:
        outline = read(json.dumps({"type": "GeometryCollection", "geometries": parts}))
    except MapError:
        return
    assert sorted(read(written(outline)).positions) == sorted(outline.positions)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["Polygon", "Feature"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.fixed_dictionaries(
            {"type": st.sampled_from(["Polygon", "MultiPolygon", "LineString", "Feature", "FeatureCollection"])},
            optional={"coordinates": inner, "geometry": inner, "features": st.lists(inner, max_size=3)},
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_read_or_refused(data):
    try:
        outline = read(json.dumps(data))
    except MapError:
        return
    assert outline.positions
