"""Outlines and maps for tests."""

import json
from typing import Any

from wagtail.models import Site

from portal.content.records.outlines import MapOutline

SQUARE = json.dumps({"type": "Polygon", "coordinates": [[[5, 48], [8, 48], [8, 50], [5, 50], [5, 48]]]})


def make_outline(name: str = "Lorraine", site: Site | None = None, credit: str = "") -> MapOutline:
    return MapOutline.objects.create(name=name, site=site, credit=credit, geojson=SQUARE)


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
