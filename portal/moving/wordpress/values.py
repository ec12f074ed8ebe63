"""Reads hand-typed values of the old site, which may be invalid."""

import json
import re
from hashlib import sha256
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

# Above all WordPress numbers.
BEYOND = 10**13


def stable_number(name: str) -> int:
    """A number for a thing without one, derived from its name: the same in each run."""
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


def json_value(text: str | bytes) -> Any:
    """A value of JSON, without NUL and halves of characters, which no database stores.

    Scripts leave half an emoji where they shorten a text. Raises ValueError or RecursionError.
    """
    return _storable(json.loads(text))


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="ignore").decode().replace("\0", "")
    if isinstance(value, list):
        return [_storable(each) for each in value]
    return {_storable(name): _storable(each) for name, each in value.items()} if isinstance(value, dict) else value
