"""Finds names in `.env` that nothing reads but that resemble a setting."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from django.core import checks

from portal.env import BASE_DIR, VARIABLES

NAME = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=", re.MULTILINE)
# The minimum similarity of a misspelt name. Other programs' names are less similar.
ALIKE = 0.85


def misspelt(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each name that resembles a setting, with that setting."""
    for name in names:
        if name not in VARIABLES and (similar := get_close_matches(name.upper(), VARIABLES, n=1, cutoff=ALIKE)):
            yield name, similar[0]


@checks.register
def check_names(**kwargs: Any) -> list[checks.CheckMessage]:
    try:
        text = (BASE_DIR / ".env").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    return [
        checks.Warning(f".env sets {name}, which nothing reads.", hint=f"{meant} is a setting.", id="portal.W002")
        for name, meant in misspelt(NAME.findall(text))
    ]
