"""Reads latitude and longitude as map services copy them and as people type them."""

import re

from django.utils.translation import gettext_lazy as _

from portal.maps.outlines import DECIMALS, MapError, Position

# The one sentence on coordinates that cannot be read, for every form that takes them.
WRONG_COORDINATES = _("Write the latitude first, then the longitude, in degrees: 49.1193, 6.1757.")

_NUMBER = r"([+-]?\d{1,3}(?:[.,]\d{1,15})?)"
_PAIR = re.compile(rf"{_NUMBER}\s*°?\s*([NS]?)(?:\s*[,;/]\s*|\s+){_NUMBER}\s*°?\s*([EOW]?)", re.ASCII)


def read_pair(text: str) -> Position:
    """Read `49.1193, 6.1757`, `49,1193 6,1757` or `49.1193° N, 6.1757° E`. Raises MapError.

    O for west is French, and for east it is German, so it is refused.
    """
    found = _PAIR.fullmatch(text.strip().upper().replace("−", "-"))
    if not found or found[4] == "O":
        raise MapError(WRONG_COORDINATES)
    latitude, longitude = (float(found[place].replace(",", ".")) for place in (1, 3))
    latitude = -latitude if found[2] == "S" else latitude
    longitude = -longitude if found[4] == "W" else longitude
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise MapError(WRONG_COORDINATES)
    return longitude, latitude


def written_pair(position: Position) -> str:
    longitude, latitude = (f"{round(value, DECIMALS) + 0:.{DECIMALS}f}".rstrip("0").rstrip(".") for value in position)
    return f"{latitude}, {longitude}"
