"""Fewer positions for a line, by the method of Visvalingam and Whyatt (The Cartographic Journal 30, 1993).

It removes the position that spans the smallest triangle with its two neighbours, again and again. With a heap this
takes n log n steps for any line; the method of Douglas and Peucker takes n² for lines made to be slow.
"""

import heapq
import math
from collections.abc import Sequence

Position = tuple[float, float]
# The positions, and whether the last one is followed by the first one.
Shape = tuple[tuple[Position, ...], bool]


def simplified(shapes: Sequence[Shape], most: int) -> list[Shape]:
    """The shapes with at most this many positions altogether.

    A line keeps its two ends. A closed shape keeps three positions, or disappears if it is the smallest; one shape
    always remains. If the ends of the lines are too many already, they are the result.
    """
    points = [position for positions, _is_closed in shapes for position in positions]
    shape_of = [number for number, (positions, _is_closed) in enumerate(shapes) for _position in positions]
    before, after = _neighbours(shapes)
    left = [len(positions) for positions, _is_closed in shapes]
    # At high latitudes a degree of longitude is short.
    widths = [math.cos(math.radians(latitude)) for _longitude, latitude in points]
    gone = bytearray(len(points))
    # The area with which each position is in the heap; another entry of the same position is out of date.
    areas = [math.inf] * len(points)
    heap: list[tuple[float, int]] = []

    def put(place: int, at_least: float) -> None:
        first, last = before[place], after[place]
        if first < 0 or last < 0:
            return
        areas[place] = max(_area(points[first], points[place], points[last]) * widths[place], at_least)
        heapq.heappush(heap, (areas[place], place))

    for place in range(len(points)):
        put(place, 0)
    count, shape_count = len(points), len(shapes)
    while count > most and heap:
        area, place = heapq.heappop(heap)
        if gone[place] or area != areas[place]:
            continue
        shape = shape_of[place]
        if shapes[shape][1] and left[shape] == 3:
            if shape_count == 1:
                break
            for corner in (before[place], place, after[place]):
                gone[corner] = True
            count -= 3
            shape_count -= 1
            continue
        first, last = before[place], after[place]
        gone[place] = True
        after[first], before[last] = last, first
        left[shape] -= 1
        count -= 1
        for neighbour in (first, last):
            put(neighbour, area)
    return _remaining(shapes, gone)


def _neighbours(shapes: Sequence[Shape]) -> tuple[list[int], list[int]]:
    """For each position, the place of the previous one and that of the next one; -1 at the ends of a line."""
    before: list[int] = []
    after: list[int] = []
    for positions, is_closed in shapes:
        start, length = len(before), len(positions)
        before += [start - 1 + offset for offset in range(length)]
        after += [start + 1 + offset for offset in range(length)]
        before[start], after[-1] = (start + length - 1, start) if is_closed else (-1, -1)
    return before, after


def _area(a: Position, b: Position, c: Position) -> float:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def _remaining(shapes: Sequence[Shape], gone: bytearray) -> list[Shape]:
    remaining: list[Shape] = []
    start = 0
    for positions, is_closed in shapes:
        rest = tuple(position for offset, position in enumerate(positions) if not gone[start + offset])
        start += len(positions)
        if rest:
            remaining.append((rest, is_closed))
    return remaining
