"""Places names on a map: inside their region or beside their town, each only at the widths at which it fits."""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

from portal.maps.projection import Place

# The widths in pixels at which a name may appear: phones, a column, half a page, a page.
WIDTHS = (288, 360, 480, 640, 800)
# The height of a line of text, and the average width of a letter: small capitals of regions, names of towns.
LINE = 16
CAPITAL, LETTER = 10, 7.2
# The label point is at most this part of the region's extent away from the best one.
PRECISION = 0.02


@dataclass(frozen=True)
class LabelBox:
    """A rectangle in pixels, relative to the place of the name."""

    left: float
    top: float
    width: float
    height: float = LINE

    def moved(self, x: float, y: float) -> "LabelBox":
        return LabelBox(self.left + x, self.top + y, self.width, self.height)

    def meets(self, other: "LabelBox") -> bool:
        return (
            self.left < other.left + other.width
            and other.left < self.left + self.width
            and self.top < other.top + other.height
            and other.top < self.top + self.height
        )

    def is_within(self, width: float, height: float) -> bool:
        return self.left >= 0 and self.top >= 0 and self.left + self.width <= width and self.top + self.height <= height


@dataclass(frozen=True)
class Named:
    """A name to place, at a place from 0 to 1, with the boxes in which it may stand, the best first."""

    place: Place
    boxes: tuple[LabelBox, ...]
    # The part of the map's width that the name may take: the width of its region.
    room: float = math.inf


def box_at(place: Place, box: LabelBox, width: int, ratio: float) -> LabelBox:
    return box.moved(place[0] * width, place[1] * width * ratio)


def beside(name: str, radius: float) -> tuple[LabelBox, ...]:
    """The boxes of a town's name: right and left of its point, above and below it, and between these."""
    width, gap = len(name) * LETTER, radius + 4
    near = radius * 0.7 + 2
    return (
        LabelBox(gap, -LINE / 2, width),
        LabelBox(-gap - width, -LINE / 2, width),
        LabelBox(-width / 2, -gap - LINE, width),
        LabelBox(-width / 2, gap, width),
        *(LabelBox(left, top, width) for left in (near, -near - width) for top in (-near - LINE, near)),
    )


def centred(name: str) -> tuple[LabelBox, ...]:
    """The boxes of a region's name: around its label point, or up to three lines above or below it."""
    width = len(name) * CAPITAL
    return tuple(LabelBox(-width / 2, (line / 2 - 0.5) * LINE, width) for line in sorted(range(-6, 7), key=abs))


def placed(
    names: Sequence[Named], spots: Sequence[tuple[Place, LabelBox]], ratio: float
) -> list[tuple[LabelBox, int] | None]:
    """The box of each name and the smallest of `WIDTHS` from which it fits; None if it never does.

    From that width on, a name overlaps no spot, no edge and no name before it.
    """
    taken: dict[int, list[LabelBox]] = {
        width: [box_at(place, box, width, ratio) for place, box in spots] for width in WIDTHS
    }
    result: list[tuple[LabelBox, int] | None] = []
    for name in names:
        found = [(_first_width(name, box, taken, ratio), number) for number, box in enumerate(name.boxes)]
        width, number = min(found, default=(math.inf, 0))
        if width == math.inf:
            result.append(None)
            continue
        box = name.boxes[number]
        for each in WIDTHS:
            if each >= width:
                taken[each].append(box_at(name.place, box, each, ratio))
        result.append((box, int(width)))
    return result


def _first_width(name: Named, box: LabelBox, taken: dict[int, list[LabelBox]], ratio: float) -> float:
    first: float = math.inf
    for width in reversed(WIDTHS):
        here = box_at(name.place, box, width, ratio)
        is_free = here.is_within(width, width * ratio) and not any(here.meets(other) for other in taken[width])
        if not is_free or box.width > name.room * width:
            break
        first = width
    return first


def label_point(rings: Sequence[Sequence[Place]], ratio: float = 1) -> Place:
    """The place inside a region that is furthest from its borders, its pole of inaccessibility.

    The region is inside an odd number of rings, so a hole is not part of it. `ratio` is the height of the drawing
    divided by its width. Squares are quartered while they may hold a better place (Agafonkin's method, polylabel).
    """
    shapes = [[(x, y * ratio) for x, y in ring] for ring in rings]
    xs, ys = zip(*(place for ring in shapes for place in ring), strict=True)
    west, east, north, south = min(xs), max(xs), min(ys), max(ys)
    edges = [edge for ring in shapes for edge in zip(ring, [*ring[1:], ring[0]], strict=True)]
    precision = max(east - west, south - north) * PRECISION
    size = max(min(east - west, south - north), precision, 1e-9)
    best = (-math.inf, ((west + east) / 2, (north + south) / 2))
    squares: list[tuple[float, Place, float]] = []

    def put(x: float, y: float, half: float) -> None:
        nonlocal best
        depth = _depth((x, y), edges)
        best = max(best, (depth, (x, y)))
        heapq.heappush(squares, (-(depth + half * math.sqrt(2)), (x, y), half))

    for column in range(math.ceil((east - west) / size) or 1):
        for row in range(math.ceil((south - north) / size) or 1):
            put(west + (column + 0.5) * size, north + (row + 0.5) * size, size / 2)
    while squares:
        hoped, (x, y), half = heapq.heappop(squares)
        # In a thin region, squares are quartered until the middle of one is inside.
        if -hoped - best[0] <= (precision if best[0] > 0 else 0) or half < precision / 64:
            break
        for right in (-half / 2, half / 2):
            for down in (-half / 2, half / 2):
                put(x + right, y + down, half / 2)
    x, y = best[1]
    return x, y / ratio


def _depth(place: Place, edges: Sequence[tuple[Place, Place]]) -> float:
    """The distance from the nearest edge; negative outside."""
    x, y = place
    is_inside, nearest = False, math.inf
    for (ax, ay), (bx, by) in edges:
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            is_inside = not is_inside
        across, up = bx - ax, by - ay
        length = across * across + up * up
        part = max(0.0, min(1.0, ((x - ax) * across + (y - ay) * up) / length)) if length else 0.0
        nearest = min(nearest, math.hypot(x - ax - part * across, y - ay - part * up))
    return nearest if is_inside else -nearest
