"""Distances on the globe, and the box that contains a circle."""

import pytest
from hypothesis import given, strategies as st

from events.distance import EARTH_KM, Point, box_around, kilometres

METZ, SAARBRUCKEN = Point(49.1193, 6.1757), Point(49.2354, 6.9965)
points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (METZ, METZ, 0),
        (METZ, SAARBRUCKEN, 61.05),
        (Point(0, 179.9), Point(0, -179.9), 22.24),
        (Point(90, 0), Point(-90, 0), EARTH_KM * 3.14159265),
    ],
)
def test_distance_is_that_of_a_great_circle(one, other, km):
    assert kilometres(one, other) == kilometres(other, one) == pytest.approx(km, abs=0.01)


@given(points, points, st.integers(1, 200))
def test_every_place_in_the_circle_is_in_the_box(centre, place, km):
    latitudes, longitudes = box_around(centre, km)
    margin = 1e-6
    is_in_box = latitudes[0] - margin <= place.latitude <= latitudes[1] + margin and any(
        west - margin <= place.longitude <= east + margin for west, east in longitudes
    )

    assert is_in_box or kilometres(centre, place) > km


@given(points, st.floats(0, 1), st.floats(0, 1), st.integers(1, 200))
def test_places_beside_the_centre_are_in_the_box_too(centre, north, east, km):
    """Like the test above, for places that are likely to be in the circle."""
    latitudes, longitudes = box_around(centre, km)
    place = Point(
        latitudes[0] + north * (latitudes[1] - latitudes[0]),
        longitudes[0][0] + east * (longitudes[-1][1] - longitudes[0][0]),
    )

    test_every_place_in_the_circle_is_in_the_box.hypothesis.inner_test(centre, place, km)
