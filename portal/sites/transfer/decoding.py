"""Parses JSON from a possibly forged file: values nested more deeply than those of any page are refused."""

import json
from typing import Any

from portal.sites.data.errors import TransferError

# Blocks nested in a page have some ten levels; all code that walks over a value supports this depth.
DEEPEST = 100


def decoded(text: str | bytes) -> Any:
    """Parse JSON; raise ValueError if it is invalid, and TransferError if it is nested too deeply."""
    try:
        found = json.loads(text)
    except RecursionError:
        raise _too_deep() from None
    # Most rows have fewer brackets altogether.
    plain = text if isinstance(text, bytes) else text.encode()
    if plain.count(b"{") + plain.count(b"[") > DEEPEST and _is_deeper(found):
        raise _too_deep()
    return found


def _is_deeper(value: Any) -> bool:
    level = [value]
    for _depth in range(DEEPEST + 1):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)


def _too_deep() -> TransferError:
    return TransferError("The file holds values that are nested more deeply than in any exported site.")
