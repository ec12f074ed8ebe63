"""Finds the town of a map that a text names, or that is nearest to a position."""

import math
import re
import unicodedata
from collections.abc import Iterable

from portal.maps.outlines import Position, Town

KM_A_DEGREE = 111.2
# A venue further away from every town is a place of its own.
NEAR_KM = 12

_LETTERS = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})


def town_named(text: str, towns: Iterable[Town]) -> Town | None:
    """The town whose name, in any language, is in a text such as “Halle aux grumes, Épinal”; the longest name wins."""
    words = f" {_folded(text)} "
    found = [
        (len(folded), town)
        for town in towns
        for name in town.names.all()
        if (folded := _folded(name)) and f" {folded} " in words
    ]
    return max(found, key=lambda each: each[0])[1] if found else None


def town_near(position: Position, towns: Iterable[Town], km: float = NEAR_KM) -> Town | None:
    """The nearest town at most this far away."""
    found = [(_kilometres(position, town.position), town) for town in towns]
    distance, town = min(found, key=lambda each: each[0], default=(math.inf, None))
    return town if distance <= km else None


def _kilometres(one: Position, other: Position) -> float:
    degree = math.cos(math.radians((one[1] + other[1]) / 2))
    return KM_A_DEGREE * math.hypot((one[0] - other[0]) * degree, one[1] - other[1])


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return " ".join(re.findall(r"[^\W_]+", "".join(each for each in plain if not unicodedata.combining(each))))
