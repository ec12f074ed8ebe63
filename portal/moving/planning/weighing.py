"""Estimates the memory that a value takes."""

from collections.abc import Iterable
from itertools import chain
from sys import getsizeof
from typing import Any

# A row of a dictionary, with the number or the name that leads to it.
ENTRY = 200


def weight_of(value: Any) -> int:
    """The bytes of a text, number, list, dictionary or dataclass with slots, and of everything in it."""
    parts: Iterable[Any] = ()
    if isinstance(value, str | int):
        return getsizeof(value)
    if isinstance(value, dict):
        parts = chain.from_iterable(value.items())
    elif isinstance(value, list | tuple):
        parts = value
    elif names := getattr(value, "__slots__", None):
        parts = (getattr(value, name) for name in names)
    return getsizeof(value) + sum(weight_of(part) for part in parts)
