"""What a query means, within a time limit: where the answer is late, or fails, there is none."""

import logging
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from search.meaning import Embedder, embedder, is_on

if TYPE_CHECKING:
    from search.meaning.vectors import Similarities, Vectors

logger = logging.getLogger(__name__)

# How long a reader waits for the meaning of a query, in seconds. One that is late is known to the next who asks.
TIME_LIMIT = 0.05
KNOWN_QUERIES = 500


def similarities(text: str, homes: Mapping[int, str]) -> "Similarities | None":
    """How near the pages below home pages, by language, are to a query; None if nothing can say so in time."""
    if not is_on():
        return None
    try:
        asked = _thread().submit(_query, text)
        try:
            vector = asked.result(TIME_LIMIT)
        finally:
            asked.cancel()
        vectors = _vectors()
        vectors.refresh()
        return vectors.similarities(vector, homes)
    except TimeoutError:
        return None
    except Exception:
        logger.exception("Search goes on without meaning, which has failed.")
        return None


def forget(pages: Collection[int]) -> None:
    """Propose these pages no more: they have left the index."""
    if pages:
        _vectors().forget(pages)


def clear() -> None:
    """Begin anew, as a new process does."""
    for kept in (_query, _vectors):
        kept.cache_clear()


@cache
def _thread() -> ThreadPoolExecutor:
    """One thread, in which the model is loaded, too; a process that was forked begins with none."""
    return ThreadPoolExecutor(1, thread_name_prefix="meaning")


@lru_cache(KNOWN_QUERIES)
def _query(text: str) -> bytes:
    return _model().query(text)


@cache
def _vectors() -> "Vectors":
    # numpy comes with the extra.
    from search.meaning.vectors import Vectors

    model = _model()
    return Vectors(model.model, model.usual, model.least)


def _model() -> Embedder:
    if (model := embedder()) is None:
        raise TimeoutError
    return model
