"""Computes values of a page once per response, although buttons, panels and permissions each need them."""

from collections.abc import Callable, Hashable
from typing import Any


def cache_while_shown(page: Any) -> None:
    """Let `cached_while_shown` cache on this object until the page changes; begins with an empty cache."""
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
