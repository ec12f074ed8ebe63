"""Draws a map with links to what happens at its places: borders as double lines, waterlines, hatching, names."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.maps.drawing import OFFSETS, UNITS, WIDTH, apart, circle, named
from portal.maps.labels import LabelBox, Named, beside
from portal.maps.names import Spot, drawn_names, drawn_regions
from portal.maps.outlines import MapError, MapLine, Outline, Position
from portal.maps.projection import Frame, fitted
from portal.maps.towns import KM_A_DEGREE

# Of a place's circle: 24 pixels across for fingers (WCAG 2.5.8).
RADIUS = 12
# Of the dot of a town where nothing happens.
DOT = 2
# The height divided by the width: the surroundings of a flat region are part of its map.
LOWEST = 0.8
# The lengths of the scale in kilometres. It takes at most this part of the width.
LENGTHS, LONGEST = (200, 100, 50, 20, 10, 5, 2, 1), 0.25

SVG = (
    '<svg class="atlas" width="{0}" height="{1}" role="group" aria-label="{2}">'
    '<svg width="100%" height="100%" viewBox="0 0 {3} {4}" aria-hidden="true">{5}</svg>{6}{7}</svg>'
)
# Everything that repeats the same borders refers to one path.
SHAPES = (
    '<defs><path id="{0}-land" d="{1}"/>'
    '<pattern id="{0}-hatching" width="14" height="14" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path class="atlas__hatching" d="M0 0V14" fill="none" stroke="currentColor"/></pattern></defs>{2}'
)
# A line around the land is a wide stroke with a narrower one on it.
WATER = (
    '<use class="atlas__water atlas__water--{1}" href="#{0}-land" fill="none" stroke="currentColor"/>'
    '<use class="atlas__water-gap atlas__water-gap--{1}" href="#{0}-land" fill="none" stroke="white"/>'
)
LAND = (
    '<use class="atlas__land" href="#{0}-land" fill="white"/>{1}{2}'
    '<use class="atlas__border" href="#{0}-land" fill="none" stroke="currentColor"/>'
    '<use class="atlas__border-gap" href="#{0}-land" fill="none" stroke="white"/>'
)
OWN = '<path class="atlas__own" d="{1}"/><path d="{1}" fill="url(#{0}-hatching)" fill-rule="evenodd"/>'
RIVER = '<path class="atlas__river" d="{0}" fill="none" stroke="currentColor"/>'
PLACE = (
    '<svg x="{0}%" y="{1}%" overflow="visible">{2}<a class="atlas__place{3}" href="{4}" aria-label="{5}">'
    '<title>{5}</title><circle class="atlas__number" cx="{6}" cy="{7}" r="{8}"/>'
    '<text x="{6}" y="{7}" dy="0.36em" text-anchor="middle" fill="white">{9}</text></a></svg>'
)
POINTER = '<line class="map__pointer" x2="{}" y2="{}" stroke="currentColor"/><circle class="map__spot" r="3"/>'
TOWN = '<circle class="atlas__town" cx="{}%" cy="{}%" r="{}"/>'
SCALE = (
    '<svg class="atlas__scale" x="3%" y="97%" overflow="visible" aria-hidden="true"><line x2="{0}%"/>'
    '<line y2="-5"/><line x1="{0}%" x2="{0}%" y2="-5"/><text x="{0}%" dx="6" dy="0.2em">{1} km</text></svg>'
)
WATERLINES = 4


@dataclass(frozen=True)
class AtlasPlace:
    """A place with the number of things there; `label` says it in full."""

    name: str
    position: Position
    count: int
    url: str
    label: str
    is_own: bool = True


def atlas(
    outline: Outline, places: Sequence[AtlasPlace], title: str, key: str, language: str, own: str = ""
) -> SafeString:
    """The outline with the places as links.

    `key` begins the ids, which a page has once. `own` is the name of the site's own region, in any language.
    """
    if not outline.positions:
        raise MapError
    frame = _frame(outline, places, own)
    points = [frame(place.position) for place in places]
    offsets = apart(points, frame.ratio)
    scale, spots = _scale(frame)
    spots += [(point, circle(*offset)) for point, offset in zip(points, offsets, strict=True)]
    wanted = [
        (place.name, Named(point, tuple(box.moved(*offset) for box in beside(place.name, RADIUS))))
        for place, point, offset in zip(places, points, offsets, strict=True)
    ]
    names, spots = drawn_names("place", wanted, spots, frame.ratio)
    shown = {place.position for place in places}
    towns = [(town, frame(town.position)) for town in outline.towns if town.position not in shown]
    spots += [(point, LabelBox(-4, -4, 8, 8)) for _town, point in towns]
    regions, spots = drawn_regions(outline, frame, spots, language)
    quiet = [
        (name, Named(point, beside(name, DOT + 2))) for town, point in towns for name in [town.names.name_in(language)]
    ]
    dots = format_html_join("", TOWN, ((round(x * 100, 2), round(y * 100, 2), DOT) for _town, (x, y) in towns))
    quiet_names, _spots = drawn_names("town", quiet, spots, frame.ratio)
    links = format_html_join("", "{}", ((_place(*each),) for each in zip(places, points, offsets, strict=True)))
    height = round(WIDTH * frame.ratio), round(UNITS * frame.ratio)
    text = SafeString(scale + regions + dots + quiet_names + names)
    title = named(title, outline, language)
    return format_html(SVG, WIDTH, height[0], title, UNITS, height[1], _shapes(outline, frame, key, own), text, links)


def _frame(outline: Outline, places: Sequence[AtlasPlace], own: str) -> Frame:
    """The site's own region with the places, or the whole outline."""
    regions = [line for names, lines in outline.regions.items() if own in names.all() for line in lines]
    borders = [position for line in regions for position in line.positions] or outline.positions
    return fitted([*borders, *(place.position for place in places)], LOWEST)


def _shapes(outline: Outline, frame: Frame, key: str, own: str) -> SafeString:
    land = _paths([line for line in outline.lines if line.is_border], frame)
    hatched = _paths([line for names, lines in outline.regions.items() if own in names.all() for line in lines], frame)
    rivers = _paths([line for line in outline.lines if not line.is_border], frame)
    waves = format_html_join("", WATER, ((key, number) for number in range(WATERLINES, 0, -1)))
    parts = format_html(
        LAND,
        key,
        format_html(OWN, key, hatched) if hatched else "",
        format_html(RIVER, rivers) if rivers else "",
    )
    return format_html(SHAPES, key, land, waves + parts)


def _paths(lines: Sequence[MapLine], frame: Frame) -> str:
    return "".join(_curve(line, frame) for line in lines)


def _curve(line: MapLine, frame: Frame) -> str:
    """A line as a pen would draw it: through the middles between its positions, each of which pulls the curve."""
    units = [
        (round(x * UNITS), round(y * UNITS * frame.ratio)) for x, y in (frame(position) for position in line.positions)
    ]
    if line.is_border:
        units.append(units[0])
    middles = [((x + next_x) // 2, (y + next_y) // 2) for (x, y), (next_x, next_y) in pairwise(units)]
    begin, end = (middles[-1], middles[-1]) if line.is_border else (units[0], units[-1])
    pulls = units[:-1] if line.is_border else units[1:-1]
    ways = middles if line.is_border else middles[1:]
    path = [f"M{begin[0]} {begin[1]}"]
    if not line.is_border:
        path.append(f"L{middles[0][0]} {middles[0][1]}")
    path += [f"Q{x} {y} {to_x} {to_y}" for (x, y), (to_x, to_y) in zip(pulls, ways, strict=True)]
    return "".join(path) + ("z" if line.is_border else f"L{end[0]} {end[1]}")


def _place(place: AtlasPlace, point: tuple[float, float], offset: tuple[int, int]) -> SafeString:
    pointer = format_html(POINTER, *offset) if offset != OFFSETS[0] else SafeString()
    x, y = (round(part * 100, 2) for part in point)
    own = "" if place.is_own else " atlas__place--other"
    return format_html(PLACE, x, y, pointer, own, place.url, place.label, *offset, RADIUS, place.count)


def _scale(frame: Frame) -> tuple[SafeString, list[Spot]]:
    """A bar of a round length in the corner, and its space on the narrowest map."""
    whole = frame.width * KM_A_DEGREE
    length = next((each for each in LENGTHS if each <= whole * LONGEST), None)
    if length is None:
        return SafeString(), []
    part = length / whole
    box = LabelBox(-4, -16, math.ceil(part * 288) + 60, 24)
    return format_html(SCALE, round(part * 100, 2), length), [((0.03, 0.97), box)]
