"""Caches what several parts of one response need to know about a user."""

from collections.abc import Callable
from typing import Any


def per_request[T](user: Any, name: str, compute: Callable[[], T]) -> T:
    """Compute a value once and keep it on the user object, as Django keeps a user's permissions."""
    values = getattr(user, "_per_request", None)
    if values is None:
        values = user._per_request = {}
    if name not in values:
        values[name] = compute()
    return values[name]
