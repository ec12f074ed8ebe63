"""Writes the names of one or more people."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import ngettext

NAMES_SHOWN = 3


def name_of(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""


def names_of(people: Sequence[Any]) -> str:
    """Up to three names, and the number of others."""
    shown = ", ".join(name_of(person) for person in people[:NAMES_SHOWN])
    more = len(people) - NAMES_SHOWN
    if more <= 0:
        return shown
    return ngettext("%(names)s and %(number)d other", "%(names)s and %(number)d others", more) % {
        "names": shown,
        "number": more,
    }
