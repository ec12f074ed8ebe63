"""Draws an outline with numbered points. The shapes grow with the column; numbers keep their size."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from portal.maps.labels import LabelBox
from portal.maps.names import drawn_regions
from portal.maps.outlines import MapError, Outline, Position
from portal.maps.projection import Frame, fitted

# The units of the shapes across a drawing.
UNITS = 1440
# The size of a drawing where no style sheet makes it as wide as its column.
WIDTH = 720
# The widths in pixels at which numbers do not overlap: the narrowest phone, larger phones, a column.
WIDTHS = (288, 360, 480, 720)
# Of a number's circle, and the space between two of them.
RADIUS, GAP = 11, 2
# The radius of the spot that shows the place of a number that stands beside it.
SPOT = 4
# Where a number may stand: on its point, or around it in five distances and twelve directions.
OFFSETS = [(0, 0)] + [
    (round(distance * math.cos(step * math.pi / 6)), round(distance * math.sin(step * math.pi / 6)))
    for distance in (22, 34, 48, 64, 84)
    for step in range(12)
]

# Without a viewBox the numbers keep their size; the ratio of width to height is that of the attributes. The colours in
# attributes apply where there is no style sheet.
SVG = (
    '<svg class="map__drawing" width="{0}" height="{1}" role="group" aria-label="{2}">'
    '<svg width="100%" height="100%" viewBox="0 0 {3} {4}" aria-hidden="true">{5}</svg>{6}{7}</svg>'
)
PATH = '<path class="map__{}" d="{}" fill="none" stroke="currentColor" vector-effect="non-scaling-stroke"/>'
POINT = (
    '<svg class="map__point" x="{0}%" y="{1}%" overflow="visible" role="img" aria-label="{2}"><title>{2}</title>{3}'
    '<circle class="map__number" cx="{4}" cy="{5}" r="{6}"/>'
    '<text x="{4}" y="{5}" dy="0.36em" text-anchor="middle" fill="white">{7}</text></svg>'
)
POINTER = '<line class="map__pointer" x2="{}" y2="{}" stroke="currentColor"/><circle class="map__spot" r="{}"/>'


@dataclass(frozen=True)
class MapPoint:
    name: str
    position: Position


def drawn(outline: Outline | None, points: Sequence[MapPoint], title: str, language: str = "") -> SafeString:
    """The outline with the points, numbered in their order. Raises MapError if there is neither."""
    positions = [*(outline.positions if outline else ()), *(point.position for point in points)]
    if not positions:
        raise MapError
    frame = fitted(positions)
    places = [frame(point.position) for point in points]
    offsets = apart(places, frame.ratio)
    parts = [
        _point(number, point.name, place, offset)
        for number, (point, place, offset) in enumerate(zip(points, places, offsets, strict=True), 1)
    ]
    height = round(WIDTH * frame.ratio), round(UNITS * frame.ratio)
    shapes, names = SafeString(), SafeString()
    if outline:
        shapes = _shapes(outline, frame)
        spots = [(place, circle(*offset)) for place, offset in zip(places, offsets, strict=True)]
        names, _taken = drawn_regions(outline, frame, spots, language)
        title = named(title, outline, language)
    numbers = format_html_join("", "{}", _each(parts))
    return format_html(SVG, WIDTH, height[0], title, UNITS, height[1], shapes, names, numbers)


def named(title: str, outline: Outline, language: str) -> str:
    """The text alternative of a map: its title and the names of its regions."""
    regions = [names.name_in(language) for names in outline.regions]
    if not regions:
        return title
    return gettext("%(title)s (map of %(regions)s)") % {"title": title, "regions": ", ".join(regions)}


def circle(right: float, down: float) -> LabelBox:
    """The space of a number that stands this far from its point."""
    size = 2 * RADIUS + GAP
    return LabelBox(right - size / 2, down - size / 2, size, size)


def _each(parts: list[SafeString]) -> list[tuple[SafeString]]:
    return [(part,) for part in parts]


def _shapes(outline: Outline, frame: Frame) -> SafeString:
    """All borders as one path, so that a hole in a polygon stays empty, and all lines as another."""
    found = []
    for kind, is_border in (("land", True), ("line", False)):
        paths = [_path(line.positions, frame) for line in outline.lines if line.is_border == is_border]
        if paths:
            found.append((kind, "".join(path + ("z" if is_border else "") for path in paths)))
    return format_html_join("", PATH, found)


def _path(positions: Sequence[Position], frame: Frame) -> str:
    """The commands of a path in whole units, each relative to the one before, which is shortest."""
    units = [(round(x * UNITS), round(y * UNITS * frame.ratio)) for x, y in (frame(position) for position in positions)]
    (x, y), *others = units
    commands = [f"M{x} {y}"]
    for next_x, next_y in others:
        if (next_x, next_y) != (x, y):
            commands.append(f"l{next_x - x} {next_y - y}")
            x, y = next_x, next_y
    if len(commands) == 1:
        # What is smaller than a unit would not be visible at all.
        commands.append("l1 0")
    return "".join(commands)


def _point(number: int, name: str, place: tuple[float, float], offset: tuple[int, int]) -> SafeString:
    pointer = format_html(POINTER, *offset, SPOT) if any(offset) else SafeString()
    x, y = (round(part * 100, 2) for part in place)
    return format_html(POINT, x, y, f"{number}. {name}", pointer, *offset, RADIUS, number)


def apart(places: Sequence[tuple[float, float]], ratio: float) -> list[tuple[int, int]]:
    """How many pixels right and down of its point each number stands.

    At no width does a number overlap another one, or the place of another point, unless there are too many; then it
    stands where it overlaps least on a phone. Places go from 0 to 1; `ratio` is the height divided by the width.
    """
    chosen: list[tuple[int, int]] = []
    for number, place in enumerate(places):
        numbers = [(other, offset, 2 * RADIUS + GAP) for other, offset in zip(places, chosen, strict=False)]
        spots = [(other, (0, 0), RADIUS + SPOT) for each, other in enumerate(places) if each != number]
        taken = [*numbers, *spots]
        free = (offset for offset in OFFSETS if all(_room(place, offset, taken, ratio, width) >= 0 for width in WIDTHS))
        found = next(free, None)
        chosen.append(found or max(OFFSETS, key=lambda offset: _room(place, offset, taken, ratio, WIDTHS[0])))
    return chosen


def _room(
    place: tuple[float, float],
    offset: tuple[int, int],
    taken: Sequence[tuple[tuple[float, float], tuple[int, int], int]],
    ratio: float,
    width: int,
) -> float:
    """How far in pixels a number is from what it must not overlap, or from the edge; below 0 if it overlaps."""
    x, y = place[0] * width + offset[0], place[1] * width * ratio + offset[1]
    room = min(x, y, width - x, width * ratio - y) - RADIUS if any(offset) else math.inf
    for (other_x, other_y), (right, down), least in taken:
        room = min(room, math.hypot(x - other_x * width - right, y - other_y * width * ratio - down) - least)
    return room
