"""Reads hand-typed values of the old site, which may be invalid."""

import json
import re
from hashlib import sha256
from itertools import islice
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.utils.translation import gettext as _

# Above all WordPress numbers.
BEYOND = 10**13
# Each string, bracket and comma of JSON takes up to 80 bytes of memory, but may be a single letter in a file. A text of
# any length is one such part. A post has some hundred parts, and an export of Ghost with 20,000 posts has four million.
MOST_PARTS, MOST_PARTS_OF_FILE = 1_000_000, 5_000_000
_PARTS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{,]', re.DOTALL)


def stable_number(name: str) -> int:
    """A number for an object without one. It is derived from the name, and is the same in each run."""
    return BEYOND + int(sha256(name.encode()).hexdigest()[:10], 16)


def number_of(text: str) -> int | None:
    """A number of WordPress; None for anything else, such as `²`, which is a digit to Python."""
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else None


def whole_number(text: str) -> int | None:
    """The number at the beginning of a text, as HTML reads it."""
    found = re.match(r"\s*([+-]?[0-9]{1,9})(?![0-9])", text)
    return int(found[1]) if found else None


def parts_of(address: str) -> SplitResult:
    """The parts of a URL; empty ones if it is not valid, such as `http://[x/`."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def unquoted(text: str) -> str:
    """A percent-decoded text without NUL, which PostgreSQL rejects."""
    return unquote(text).replace("\0", "")


def json_value(text: str, most: int = MOST_PARTS) -> Any:
    """A JSON value without NUL and lone surrogates, which databases cannot store.

    Scripts that shorten a text may leave half of an emoji. Raises RecursionError, or ValueError, for example for more
    than `most` parts.
    """
    if next(islice(_PARTS.finditer(text), most, None), None):
        raise ValueError(_("one element has more than %(most)d parts") % {"most": most})
    return _storable(json.loads(text))


def _storable(value: Any) -> Any:
    """The same list or object, changed in place, because a copy would need twice the memory."""
    if isinstance(value, str):
        found = value.encode(errors="ignore").decode().replace("\0", "")
        return value if found == value else found
    if isinstance(value, list):
        for place, each in enumerate(value):
            value[place] = _storable(each)
    elif isinstance(value, dict):
        for name in list(value):
            value[_storable(name)] = _storable(value.pop(name))
    return value
