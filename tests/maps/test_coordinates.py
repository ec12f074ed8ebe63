"""Latitude and longitude are read as map services copy them, and as people of three languages type them."""

import pytest
from django.utils.translation import override
from hypothesis import given, strategies as st

from portal.maps.coordinates import read_pair, written_pair
from portal.maps.outlines import MapError

METZ = (6.1757, 49.1193)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("49.1193, 6.1757", METZ),
        (" 49.1193,6.1757 ", METZ),
        ("49.1193 6.1757", METZ),
        ("49,1193 6,1757", METZ),
        ("49,1193, 6,1757", METZ),
        ("49,1193; 6,1757", METZ),
        ("49.1193/6.1757", METZ),
        ("49.1193° N, 6.1757° E", METZ),
        ("49.1193N 6.1757e", METZ),
        ("34.6 S, 58.4 W", (-58.4, -34.6)),
        ("−34.6, -58.4", (-58.4, -34.6)),
        ("49, 6", (6, 49)),
    ],
)
def test_pair_is_read(text, position):
    assert read_pair(text) == position


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "in degrees"),
        ("Metz", "in degrees"),
        ("49.1193", "in degrees"),
        ("49° 7′ 9″ N, 6° 10′ 33″ E", "in degrees"),
        ("49.1193 N, 6.1757 O", "in degrees"),
        ("nan, inf", "in degrees"),
        ("٤٩, ٦", "in degrees"),
        ("91, 6", "in degrees"),
        ("49, 181", "in degrees"),
    ],
)
def test_unusable_pair_is_refused_with_its_reason(text, words):
    with override("en"), pytest.raises(MapError, match=words):
        read_pair(text)


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_written_pair_is_read_again(longitude, latitude):
    found = read_pair(written_pair((longitude, latitude)))
    assert found == pytest.approx((longitude, latitude), abs=1e-5)


def test_written_pair_has_no_superfluous_digits():
    assert written_pair((6.1757, 49.0)) == "49, 6.1757"
