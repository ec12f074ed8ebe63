"""Outlines and maps for tests."""

import json
from typing import Any

from wagtail.models import Site

from portal.content.records.outlines import MapOutline

# Two regions with a common border, a river through both, and a town in each.
REGIONS: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "Lorraine", "name:de": "Lothringen", "population": 2},
            "geometry": {"type": "Polygon", "coordinates": [[[5, 48], [8, 48], [8, 49.2], [5, 49.2], [5, 48]]]},
        },
        {
            "type": "Feature",
            "properties": {"name": "Saarland", "name:fr": "Sarre"},
            "geometry": {"type": "Polygon", "coordinates": [[[6, 49.2], [8, 49.2], [8, 50], [6, 50], [6, 49.2]]]},
        },
        {
            "type": "Feature",
            "properties": {"name": "Saar"},
            "geometry": {"type": "LineString", "coordinates": [[7, 48.5], [7, 49], [6.6, 49.8]]},
        },
        {
            "type": "Feature",
            "properties": {"name": "Metz"},
            "geometry": {"type": "Point", "coordinates": [6.176, 49.119]},
        },
        {
            "type": "Feature",
            "properties": {"name": "Saarbrücken", "name:fr": "Sarrebruck"},
            "geometry": {"type": "Point", "coordinates": [6.997, 49.234]},
        },
    ],
}
SQUARE = json.dumps({"type": "Polygon", "coordinates": [[[5, 48], [8, 48], [8, 50], [5, 50], [5, 48]]]})


def make_outline(name: str = "Lorraine", site: Site | None = None, credit: str = "") -> MapOutline:
    return MapOutline.objects.create(name=name, site=site, credit=credit, geojson=SQUARE)


def make_regions(site: Site | None = None) -> MapOutline:
    return MapOutline.objects.create(name="Des deux côtés", site=site, geojson=json.dumps(REGIONS))


def point(name: str = "Metz", coordinates: str = "49.1193, 6.1757", **facts: Any) -> dict[str, Any]:
    return {"name": name, "coordinates": coordinates, "text": "", "page": None, "url": ""} | facts


def map_value(outline: MapOutline | None, *points: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """The stored value of a block."""
    value = {
        "title": "Trois ports",
        "outline": outline and outline.pk,
        "source": "",
        "points": list(points or [point()]),
    }
    return value | facts
