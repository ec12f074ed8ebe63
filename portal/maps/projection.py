"""From degrees to a drawing: equidistant cylindrical, true to scale at the latitude of the map's middle."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from portal.maps.outlines import Position

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


def fitted(positions: Iterable[Position]) -> Frame:
    """The frame that holds at least one position, with a margin, and is neither too flat nor too tall."""
    longitudes, latitudes = zip(*positions, strict=True)
    south, north = min(latitudes), max(latitudes)
    degree = max(math.cos(math.radians((south + north) / 2)), NARROWEST_DEGREE)
    west, east = min(longitudes) * degree, max(longitudes) * degree
    width, height = (max(extent, SMALLEST) * (1 + 2 * MARGIN) for extent in (east - west, north - south))
    height = max(height, width * LOWEST)
    width = max(width, height / HIGHEST)
    middle, centre = (west + east) / 2, (south + north) / 2
    return Frame(middle - width / 2, centre + height / 2, width, height, degree)


def is_far(position: Position, others: Iterable[Position]) -> bool:
    """Whether a position is further away from the extent of others than this extent is large, and one degree more."""
    frame = fitted(others)
    x, y = frame(position)
    across, down = 1 + 1 / frame.width, 1 + 1 / frame.height
    return not (-across <= x <= 1 + across and -down <= y <= 1 + down)
