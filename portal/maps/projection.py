"""From degrees to a drawing: equidistant cylindrical, true to scale at the latitude of the map's middle."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.maps.outlines import Position

# How far right and down something is, from 0 to 1.
Place = tuple[float, float]
# The height of a drawing divided by its width.
LOWEST, HIGHEST = 0.45, 1.25
# The part of the width and height that stays free around the outline and the points.
MARGIN = 0.07
# The smallest extent in degrees of latitude, some five kilometres: a single point needs surroundings, too.
SMALLEST = 0.05
# Near the poles a degree of longitude has no width.
NARROWEST_DEGREE = 0.05


@dataclass(frozen=True)
class Frame:
    """The part of the Earth that a drawing shows: its north-western corner and its extent, all in degrees of latitude.

    `degree` is the width of a degree of longitude, in degrees of latitude.
    """

    west: float
    north: float
    width: float
    height: float
    degree: float

    @property
    def ratio(self) -> float:
        return self.height / self.width

    def __call__(self, position: Position) -> tuple[float, float]:
        """How far right and down a position is, from 0 to 1."""
        longitude, latitude = position
        return (longitude * self.degree - self.west) / self.width, (self.north - latitude) / self.height


def fitted(positions: Iterable[Position], lowest: float = LOWEST) -> Frame:
    """The frame that holds at least one position, with a margin, and is neither too flat nor too tall.

    `lowest` is its height divided by its width at least.
    """
    longitudes, latitudes = zip(*positions, strict=True)
    south, north = min(latitudes), max(latitudes)
    degree = max(math.cos(math.radians((south + north) / 2)), NARROWEST_DEGREE)
    west, east = min(longitudes) * degree, max(longitudes) * degree
    width, height = (max(extent, SMALLEST) * (1 + 2 * MARGIN) for extent in (east - west, north - south))
    height = max(height, width * lowest)
    width = max(width, height / HIGHEST)
    middle, centre = (west + east) / 2, (south + north) / 2
    return Frame(middle - width / 2, centre + height / 2, width, height, degree)


def clipped(places: Sequence[Place]) -> list[Place]:
    """The part of a closed shape that a drawing shows, where places go from 0 to 1 (Sutherland and Hodgman)."""
    shape = list(places)
    for axis, edge, side in ((0, 0.0, 1), (0, 1.0, -1), (1, 0.0, 1), (1, 1.0, -1)):
        before = shape
        shape = []
        for number, here in enumerate(before):
            last = before[number - 1]
            is_in, was_in = (here[axis] - edge) * side >= 0, (last[axis] - edge) * side >= 0
            if is_in != was_in:
                part = (edge - last[axis]) / (here[axis] - last[axis])
                shape.append((last[0] + part * (here[0] - last[0]), last[1] + part * (here[1] - last[1])))
            if is_in:
                shape.append(here)
    return shape


def is_far(position: Position, others: Iterable[Position]) -> bool:
    """Whether a position is further away from the extent of others than this extent is large, and one degree more."""
    frame = fitted(others)
    x, y = frame(position)
    across, down = 1 + 1 / frame.width, 1 + 1 / frame.height
    return not (-across <= x <= 1 + across and -down <= y <= 1 + down)
