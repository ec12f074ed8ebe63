"""Computes page values once per response for all buttons, panels and permissions that need them."""

from collections.abc import Callable, Hashable
from typing import Any


def cache_while_shown(page: Any) -> None:
    """Start an empty cache on this object for `cached_while_shown`; it lasts until the page changes."""
    page.shown_values = {}


def stop_caching(page: Any) -> None:
    page.shown_values = None


def cached_while_shown[T](page: Any, name: Hashable, compute: Callable[[], T]) -> T:
    values = getattr(page, "shown_values", None)
    if values is None:
        return compute()
    if name not in values:
        values[name] = compute()
    return values[name]
