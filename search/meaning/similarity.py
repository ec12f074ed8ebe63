"""The similarity of pages to a query, within a time limit."""

import logging
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from typing import Any

from search.meaning import Embedder, SimilarPages, embedder, is_meaning_on

logger = logging.getLogger(__name__)

# How long a reader waits for a query's vector, in seconds. A late one is cached for the next reader.
TIME_LIMIT = 0.05
CACHED_QUERIES = 500


def similarities(text: str, homes: Mapping[int, str]) -> SimilarPages | None:
    """The similarity to a query of pages below home pages, given by language; None on a timeout or failure."""
    if not is_meaning_on():
        return None
    try:
        future = _thread().submit(_query, text)
        try:
            vector = future.result(TIME_LIMIT)
        finally:
            future.cancel()
        vectors = _vectors()
        vectors.refresh()
        found: SimilarPages = vectors.similarities(vector, homes)
        return found
    except TimeoutError:
        return None
    except Exception:
        logger.exception("Semantic search failed; the results match by words only.")
        return None


def forget(pages: Collection[int]) -> None:
    if pages:
        _vectors().forget(pages)


def clear() -> None:
    _query.cache_clear()
    _vectors.cache_clear()


@cache
def _thread() -> ThreadPoolExecutor:
    """One thread, which also loads the model. A forked process starts its own."""
    return ThreadPoolExecutor(1, thread_name_prefix="meaning")


@lru_cache(CACHED_QUERIES)
def _query(text: str) -> bytes:
    return _model().query(text)


@cache
def _vectors() -> Any:
    # numpy comes with the extra.
    from search.meaning.vectors import Vectors

    model = _model()
    return Vectors(model.model, model.usual, model.least)


def _model() -> Embedder:
    if (model := embedder()) is None:
        raise TimeoutError
    return model
