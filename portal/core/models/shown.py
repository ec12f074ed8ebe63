"""Spares a page that is only shown in this response the questions that several parts of the response ask."""

from collections.abc import Callable, Hashable
from typing import Any


def is_only_shown(page: Any) -> None:
    """Promise that nothing of this page changes while this very object lives: for the answer to a GET, never a POST."""
    page.found_for_showing = {}


def once_shown[T](page: Any, name: Hashable, compute: Callable[[], T]) -> T:
    """Compute a value, only once for an object of which `is_only_shown` was said."""
    found = getattr(page, "found_for_showing", None)
    if found is None:
        return compute()
    if name not in found:
        found[name] = compute()
    return found[name]
