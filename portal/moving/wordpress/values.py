"""Reads values that anybody may have typed into the old site, such as a number that is none."""

import re
from urllib.parse import unquote


def number_of(text: str) -> int | None:
    """A number of WordPress; None for anything else, such as `²`, which is a digit to Python."""
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else None


def unquoted(text: str) -> str:
    """A text without the escapes of addresses, and without NUL, which PostgreSQL refuses."""
    return unquote(text).replace("\0", "")
