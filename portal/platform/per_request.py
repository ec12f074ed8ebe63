"""Caches values about a user that several parts of a response need."""

from collections.abc import Callable
from typing import Any


def per_request[T](user: Any, name: str, compute: Callable[[], T]) -> T:
    """Compute a value once and cache it on the user object, like Django's permissions."""
    values = getattr(user, "_per_request", None)
    if values is None:
        values = user._per_request = {}
    if name not in values:
        values[name] = compute()
    return values[name]
