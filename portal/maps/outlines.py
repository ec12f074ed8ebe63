"""Reads the borders, lines and towns of a map from GeoJSON (RFC 7946), and writes them back with fewer positions."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
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
MOST_TOWNS, LONGEST_NAME = 200, 60
# A feature's names: `name` is the local one, `name:fr` the French one.
NAME = "name"

# Longitude and latitude in degrees.
Position = tuple[float, float]


class MapError(ValueError):
    """What cannot be drawn. The message is for its author."""


@dataclass(frozen=True)
class Names:
    """The names of a region or a town, by language. The local one has the empty language and comes first."""

    by_language: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.by_language)

    def all(self) -> list[str]:
        return [name for _language, name in self.by_language]

    def name_in(self, language: str) -> str:
        found = dict(self.by_language)
        return found.get(language) or next(iter(found.values()), "")


@dataclass(frozen=True)
class MapLine:
    """A border, whose first position follows its last, or a line such as a river or a railway."""

    positions: tuple[Position, ...]
    is_border: bool
    names: Names = Names()


@dataclass(frozen=True)
class Town:
    names: Names
    position: Position


@dataclass(frozen=True)
class Outline:
    lines: tuple[MapLine, ...]
    towns: tuple[Town, ...] = ()

    @property
    def regions(self) -> dict[Names, list[MapLine]]:
        """The borders of each region that has a name."""
        found: dict[Names, list[MapLine]] = {}
        for line in self.lines:
            if line.is_border and line.names:
                found.setdefault(line.names, []).append(line)
        return found

    @property
    def positions(self) -> list[Position]:
        return [position for line in self.lines for position in line.positions]


def read(text: str) -> Outline:
    """Read the polygons and lines of a GeoJSON text, with their names, and the points that have a name.

    Other properties are left out. The result has at most `MOST_STORED` positions. Raises MapError.
    """
    if len(text) > MOST_CHARACTERS:
        raise MapError(_("This GeoJSON is too long: at most two million characters."))
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise MapError(_("This is not GeoJSON: it cannot be read as JSON.")) from error
    found: list[MapLine] = []
    towns: list[Town] = []
    total = 0
    for line in _lines(data, 0, Names()):
        if isinstance(line, Town):
            if len(towns) < MOST_TOWNS:
                towns.append(line)
            continue
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
    outline = Outline(tuple(found), tuple(towns))
    if total > MOST_STORED:
        outline = Outline(_fewer(found), tuple(towns))
    if len(outline.positions) > MOST_STORED:
        # Lines retain their ends.
        raise _too_many_lines(MOST_STORED // 2)
    return outline


def _fewer(lines: list[MapLine]) -> tuple[MapLine, ...]:
    """The lines with fewer positions. The smallest borders may disappear; the others remain in their order."""
    rest = iter(lines)
    result = []
    for positions, is_border in simplified([(line.positions, line.is_border) for line in lines], MOST_STORED):
        names = next((line.names for line in rest if set(positions) <= set(line.positions)), Names())
        result.append(MapLine(positions, is_border, names))
    return tuple(result)


def written(outline: Outline) -> str:
    """The outline as GeoJSON. Every border is a polygon of its own."""
    features = [
        *(_feature(names, part) for names, lines in _by_names(outline.lines).items() for part in _parts(lines)),
        *(_feature(town.names, {"type": "Point", "coordinates": town.position}) for town in outline.towns),
    ]
    if any(feature["properties"] for feature in features):
        whole: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    else:
        parts = [feature["geometry"] for feature in features]
        whole = parts[0] if len(parts) == 1 else {"type": "GeometryCollection", "geometries": parts}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _by_names(lines: Iterable[MapLine]) -> dict[Names, list[MapLine]]:
    found: dict[Names, list[MapLine]] = {}
    for line in lines:
        found.setdefault(line.names, []).append(line)
    return found


def _parts(lines: Iterable[MapLine]) -> Iterator[dict[str, Any]]:
    borders = [[[*line.positions, line.positions[0]]] for line in lines if line.is_border]
    others = [line.positions for line in lines if not line.is_border]
    if borders:
        yield {"type": "MultiPolygon", "coordinates": borders}
    if others:
        yield {"type": "MultiLineString", "coordinates": others}


def _feature(names: Names, geometry: dict[str, Any]) -> dict[str, Any]:
    properties = {f"{NAME}:{language}" if language else NAME: name for language, name in names.by_language}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _too_many_lines(most: int) -> MapError:
    return MapError(_("This outline has too many borders and lines: at most %(number)d.") % {"number": most})


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _lines(data: Any, depth: int, names: Names) -> Iterator[MapLine | Town]:
    if not isinstance(data, dict) or not isinstance(data.get("type"), str):
        raise MapError(_("This is not GeoJSON: every object needs a “type”."))
    if depth > DEEPEST:
        raise MapError(_("The collections in this GeoJSON are nested too deeply."))
    match data["type"]:
        case "FeatureCollection":
            for feature in _list(data.get("features")):
                yield from _lines(feature, depth + 1, names)
        case "Feature":
            if data.get("geometry") is not None:
                yield from _lines(data["geometry"], depth + 1, _names(data.get("properties")))
        case "GeometryCollection":
            for geometry in _list(data.get("geometries")):
                yield from _lines(geometry, depth + 1, names)
        case "Polygon":
            yield from _borders(data.get("coordinates"), names)
        case "MultiPolygon":
            for polygon in _list(data.get("coordinates")):
                yield from _borders(polygon, names)
        case "LineString":
            yield MapLine(_positions(data.get("coordinates")), False, names)
        case "MultiLineString":
            for line in _list(data.get("coordinates")):
                yield MapLine(_positions(line), False, names)
        case "Point" if names:
            yield Town(names, _position(data.get("coordinates")))
        case "Point" | "MultiPoint":
            return
        case name:
            raise MapError(_("GeoJSON has no type “%(name)s”.") % {"name": name[:40]})


def _names(properties: Any) -> Names:
    """The local name and those in the languages of the installation, as OpenStreetMap writes them."""
    if not isinstance(properties, dict):
        return Names()
    found = []
    for language in ("", *(code for code, _name in settings.LANGUAGES)):
        name = properties.get(f"{NAME}:{language}" if language else NAME)
        if isinstance(name, str) and (words := " ".join(name.split())):
            found.append((language, words[:LONGEST_NAME]))
    return Names(tuple(found))


def _borders(polygon: Any, names: Names) -> Iterator[MapLine]:
    for ring in _list(polygon):
        positions = _positions(ring)
        if len(positions) > 1 and positions[0] == positions[-1]:
            positions = positions[:-1]
        yield MapLine(positions, True, names)


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
