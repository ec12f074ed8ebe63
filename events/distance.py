"""Great-circle distances between places, and the box around a circle that a database can search."""

from math import asin, cos, degrees, pi, radians, sin, sqrt
from typing import NamedTuple

# The mean radius of the earth (IUGG).
EARTH_KM = 6371.0088


class Point(NamedTuple):
    """A place in degrees."""

    latitude: float
    longitude: float


class Box(NamedTuple):
    """Ranges of degrees. A circle across the 180th meridian has two ranges of longitudes."""

    latitudes: tuple[float, float]
    longitudes: tuple[tuple[float, float], ...]


def kilometres(one: Point, other: Point) -> float:
    """The distance by the haversine formula."""
    north = radians(other.latitude - one.latitude)
    east = radians(other.longitude - one.longitude)
    across = cos(radians(one.latitude)) * cos(radians(other.latitude))
    half_chord = sin(north / 2) ** 2 + across * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half_chord)))


def box_around(centre: Point, km: float) -> Box:
    """The smallest box with every point at most `km` away."""
    angle = km / EARTH_KM
    south, north = centre.latitude - degrees(angle), centre.latitude + degrees(angle)
    latitudes = (max(-90.0, south), min(90.0, north))
    # A circle around a pole has every longitude.
    if south <= -90 or north >= 90 or angle >= pi / 2:
        return Box(latitudes, ((-180.0, 180.0),))
    width = degrees(asin(min(1.0, sin(angle) / cos(radians(centre.latitude)))))
    west, east = centre.longitude - width, centre.longitude + width
    if west < -180:
        return Box(latitudes, ((-180.0, east), (west + 360, 180.0)))
    if east > 180:
        return Box(latitudes, ((west, 180.0), (-180.0, east - 360)))
    return Box(latitudes, ((west, east),))
