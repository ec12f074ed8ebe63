"""The outline on which a site draws its maps, and the name of its own region there."""

from portal.content.records.outlines import MapOutline
from portal.content.serving.editions import Edition
from portal.maps.outlines import Outline


def outline_of(edition: Edition) -> Outline | None:
    """Read once for each edition, because a home page and its lists need it at every request."""
    return edition.cached_value("outline of the maps", lambda: _shape(edition.settings.map_outline))


def region_of(edition: Edition) -> str:
    return edition.settings.map_region.strip()


def _shape(outline: MapOutline | None) -> Outline | None:
    return outline.shape if outline else None


def credit_of(edition: Edition) -> str:
    """Whom the licence of the outline names, below every map."""
    return edition.settings.map_outline.credit if edition.settings.map_outline else ""
