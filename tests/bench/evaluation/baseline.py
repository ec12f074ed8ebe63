"""Plain BM25 with Snowball stems, the baseline that search must beat: no weights, dates or corrections."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from math import log

import Stemmer

from search.languages import language_of

# The usual values: the loss of weight of a repeated word, and the influence of the text's length.
SATURATION, LENGTH_SHARE = 1.5, 0.75
_WORD = re.compile(r"\w+")


class BM25:
    def __init__(self, texts: Mapping[int, str], language: str):
        self.stemmer = Stemmer.Stemmer(language_of(language).stemmer)
        self.postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.lengths: dict[int, int] = {}
        for key, text in texts.items():
            words = self._words(text)
            self.lengths[key] = len(words)
            for word, times in Counter(words).items():
                self.postings[word].append((key, times))
        self.mean_length = sum(self.lengths.values()) / max(1, len(self.lengths))

    def search(self, query: str, limit: int) -> list[int]:
        """The keys of the best texts that contain any word of the query."""
        scores: Counter[int] = Counter()
        for word in self._words(query):
            found = self.postings.get(word, ())
            rarity = log(1 + (len(self.lengths) - len(found) + 0.5) / (len(found) + 0.5))
            for key, times in found:
                length = 1 - LENGTH_SHARE + LENGTH_SHARE * self.lengths[key] / self.mean_length
                scores[key] += rarity * times / (times + SATURATION * length)  # type: ignore[assignment]
        return [key for key, _score in scores.most_common(limit)]

    def _words(self, text: str) -> list[str]:
        stems: list[str] = self.stemmer.stemWords(_WORD.findall(text.lower()))
        return stems
