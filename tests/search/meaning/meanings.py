"""A semantic model for tests: a few synonyms, without a package."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch
from zlib import crc32

from django.test import override_settings

from search import meaning
from search.analysis import fold, words
from search.meaning import DIMENSIONS, similarity

# The function that loads the package.
loading = meaning._embedder.__wrapped__
ALIKE = [
    {"boulanger", "boulangere", "miche", "backer", "brot"},
    {"usine", "fabrique", "manufacture"},
    {"greve", "debrayage"},
]


class WordsOfOneMeaning:
    """Each word is a direction, shared by its synonyms; known words weigh most."""

    model, usual, least = "words of one meaning", 0.0, 0.3

    def query(self, text: str) -> bytes:
        numbers = [0] * DIMENSIONS
        for word in map(fold, words(text, "fr")):
            alike = [place for place, group in enumerate(ALIKE) if word in group]
            if alike:
                numbers[alike[0]] += 40
            else:
                numbers[len(ALIKE) + crc32(word.encode()) % (DIMENSIONS - len(ALIKE))] += 1
        return bytes(min(number, 127) for number in numbers)

    def passages(self, texts: Sequence[str]) -> list[bytes]:
        return [self.query(text) for text in texts]


@contextmanager
def meaning_of(model: object) -> Iterator[None]:
    """Semantic search with this model, as in a new process; each query loads new vectors."""
    similarity.clear()
    with (
        override_settings(MEANING=True),
        patch.object(meaning, "_embedder", lambda: model),
        patch("search.meaning.vectors.PAUSE", 0),
        patch.object(similarity, "TIME_LIMIT", 30),
    ):
        yield
    similarity.clear()
