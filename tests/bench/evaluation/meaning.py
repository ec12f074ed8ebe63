"""Semantic search for an evaluation: all texts have vectors, and no query times out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import batched
from typing import Any
from unittest.mock import patch

from django.test.utils import override_settings

from search.meaning import embedder, similarity
from search.meaning.reading import BATCH, read_texts, unread

PATIENCE = 600.0


@contextmanager
def _switched_on() -> Iterator[None]:
    with override_settings(MEANING=True), patch.object(similarity, "TIME_LIMIT", PATIENCE):
        yield


def is_installed() -> bool:
    with _switched_on():
        return embedder() is not None


def read_all() -> None:
    """Compute the missing vectors of texts; drop those of an earlier set."""
    similarity.clear()
    with _switched_on():
        for pages in batched(unread(), BATCH):
            read_texts.call(list(pages))


def with_meaning[Found](search: Callable[..., Found]) -> Callable[..., Found]:
    def searching(*args: Any) -> Found:
        with _switched_on():
            return search(*args)

    return searching
