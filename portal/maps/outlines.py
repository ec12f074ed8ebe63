"""Reads the borders and lines of a map from GeoJSON (RFC 7946), and writes them back with fewer positions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.maps.simplifying import simplified

MOST_CHARACTERS = 2_000_000
MOST_POSITIONS, MOST_LINES = 100_000, 2_000
# What a stored outline has at most: about 20 kB of a page.
MOST_STORED = 1_500
# Five decimal places are about a metre.
DECIMALS = 5
# Collections may contain collections, but not endlessly.
DEEPEST = 8

# Longitude and latitude in degrees.
Position = tuple[float, float]


class MapError(ValueError):
    """What cannot be drawn. The message is for its author."""


@dataclass(frozen=True)
class MapLine:
    """A border, whose first position follows its last, or a line such as a river or a railway."""

    positions: tuple[Position, ...]
    is_border: bool


@dataclass(frozen=True)
class Outline:
    lines: tuple[MapLine, ...]

    @property
    def positions(self) -> list[Position]:
        return [position for line in self.lines for position in line.positions]


def read(text: str) -> Outline:
    """Read the polygons and lines of a GeoJSON text; points and properties are left out.

    The result has at most `MOST_STORED` positions. Raises MapError.
    """
    if len(text) > MOST_CHARACTERS:
        raise MapError(_("This GeoJSON is too long: at most two million characters."))
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise MapError(_("This is not GeoJSON: it cannot be read as JSON.")) from error
    found: list[MapLine] = []
    total = 0
    for line in _lines(data, 0):
        if len(line.positions) < (3 if line.is_border else 2):
            # A sliver of less than a metre.
            continue
        total += len(line.positions)
        if total > MOST_POSITIONS:
            message = _("This outline has too many positions: at most %(number)d. Simplify it first.")
            raise MapError(message % {"number": MOST_POSITIONS})
        found.append(line)
        if len(found) > MOST_LINES:
            raise _too_many_lines(MOST_LINES)
    if not found:
        raise MapError(_("There is no polygon and no line in this GeoJSON."))
    outline = Outline(tuple(found))
    if total > MOST_STORED:
        fewer = simplified([(line.positions, line.is_border) for line in found], MOST_STORED)
        outline = Outline(tuple(MapLine(positions, is_border) for positions, is_border in fewer))
    if len(outline.positions) > MOST_STORED:
        # Lines retain their ends.
        raise _too_many_lines(MOST_STORED // 2)
    return outline


def written(outline: Outline) -> str:
    """The outline as GeoJSON. Every border is a polygon of its own."""
    borders = [[[*line.positions, line.positions[0]]] for line in outline.lines if line.is_border]
    others = [line.positions for line in outline.lines if not line.is_border]
    parts: list[dict[str, Any]] = []
    if borders:
        parts.append({"type": "MultiPolygon", "coordinates": borders})
    if others:
        parts.append({"type": "MultiLineString", "coordinates": others})
    whole = parts[0] if len(parts) == 1 else {"type": "GeometryCollection", "geometries": parts}
    return json.dumps(whole, separators=(",", ":"))


def _too_many_lines(most: int) -> MapError:
    return MapError(_("This outline has too many borders and lines: at most %(number)d.") % {"number": most})


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _lines(data: Any, depth: int) -> Iterator[MapLine]:
    if not isinstance(data, dict) or not isinstance(data.get("type"), str):
        raise MapError(_("This is not GeoJSON: every object needs a “type”."))
    if depth > DEEPEST:
        raise MapError(_("The collections in this GeoJSON are nested too deeply."))
    match data["type"]:
        case "FeatureCollection":
            for feature in _list(data.get("features")):
                yield from _lines(feature, depth + 1)
        case "Feature":
            if data.get("geometry") is not None:
                yield from _lines(data["geometry"], depth + 1)
        case "GeometryCollection":
            for geometry in _list(data.get("geometries")):
                yield from _lines(geometry, depth + 1)
        case "Polygon":
            yield from _borders(data.get("coordinates"))
        case "MultiPolygon":
            for polygon in _list(data.get("coordinates")):
                yield from _borders(polygon)
        case "LineString":
            yield MapLine(_positions(data.get("coordinates")), is_border=False)
        case "MultiLineString":
            for line in _list(data.get("coordinates")):
                yield MapLine(_positions(line), is_border=False)
        case "Point" | "MultiPoint":
            return
        case name:
            raise MapError(_("GeoJSON has no type “%(name)s”.") % {"name": name[:40]})


def _borders(polygon: Any) -> Iterator[MapLine]:
    for ring in _list(polygon):
        positions = _positions(ring)
        if len(positions) > 1 and positions[0] == positions[-1]:
            positions = positions[:-1]
        yield MapLine(positions, is_border=True)


def _positions(coordinates: Any) -> tuple[Position, ...]:
    """The positions of a line. One that repeats the previous one is left out."""
    positions: list[Position] = []
    for pair in _list(coordinates):
        position = _position(pair)
        if not positions or position != positions[-1]:
            positions.append(position)
            if len(positions) > MOST_POSITIONS:
                break
    return tuple(positions)


def _position(pair: Any) -> Position:
    values = pair[:2] if isinstance(pair, list) else []
    if len(values) < 2 or not all(type(value) in (int, float) for value in values):
        raise MapError(_("A position in this GeoJSON is not a pair of numbers."))
    longitude, latitude = values
    # Compared before the conversion, which fails for whole numbers of hundreds of digits.
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        shown = ", ".join(f"{value:.6g}" if abs(value) < 1e12 else "…" for value in values)
        message = _(
            "The position %(position)s is not on Earth. GeoJSON has degrees (WGS 84), longitude first; convert other "
            "coordinates first."
        )
        raise MapError(message % {"position": shown})
    return round(float(longitude), DECIMALS), round(float(latitude), DECIMALS)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise MapError(_("This GeoJSON is incomplete: a list of coordinates, geometries or features is missing."))
    return value
