"""Answers about somebody that several parts of one page need, asked for once in a request."""

from collections.abc import Callable
from typing import Any


def per_request[T](user: Any, name: str, ask: Callable[[], T]) -> T:
    """Remembered with this copy of the user, as Django remembers their permissions."""
    memory = getattr(user, "_answers", None)
    if memory is None:
        memory = user._answers = {}
    if name not in memory:
        memory[name] = ask()
    return memory[name]
