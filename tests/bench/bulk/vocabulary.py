"""The vocabulary of a language with a natural distribution: a few words make up half of a text, most are rare."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from portal.demo.reading import CONTENT

WORDS = Path(__file__).parent / "words.toml"
WORD = re.compile(r"[^\W\d_]{3,}")
TAG = re.compile(r"<[^>]*>")
# Keys in the demo's files whose values are not text.
NON_TEXT_KEYS = {
    "kind",
    "section",
    "picture",
    "type",
    "topics",
    "byline",
    "related",
    "href",
    "url",
    "tone",
    "subject",
    "website",
}
SIZE = 30_000
POOL_SIZE = 1 << 18
# Zipf–Mandelbrot law. Content words rank after the function words, whose frequencies are listed.
EXPONENT, SHIFT = 1.25, 70


@dataclass(frozen=True)
class Vocabulary:
    """Lists to draw from, in which each word is repeated according to its frequency, at least once."""

    all_words: list[str]
    content_words: list[str]
    compounds: list[str]
    syllables: list[str]
    street: str


@cache
def vocabulary(language: str) -> Vocabulary:
    """The vocabulary of a language, or else of English; the same in every process."""
    tables = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    language = language if language in tables else "en"
    table = tables[language]
    ranked = _ranked(language, table)
    weights = [(rank + SHIFT) ** -EXPONENT for rank in range(1, len(ranked) + 1)]
    share = 1 - sum(table["function"].values()) / 10_000
    return Vocabulary(
        all_words=[
            *_weighted(list(table["function"]), list(table["function"].values()), round(POOL_SIZE * (1 - share))),
            *_weighted(ranked, weights, round(POOL_SIZE * share)),
        ],
        content_words=_weighted(ranked, weights, POOL_SIZE // 2),
        compounds=[word for word in ranked[:2000] if word[0].isupper()] if language == "de" else [],
        syllables=table["syllables"],
        street=table["street"],
    )


def _weighted(words: list[str], weights: list[float], size: int) -> list[str]:
    unit = size / sum(weights)
    return [word for word, weight in zip(words, weights, strict=True) for _ in range(max(1, round(weight * unit)))]


def _ranked(language: str, table: dict[str, Any]) -> list[str]:
    """The words of the demo's text by frequency, then words derived from them."""
    counts = Counter(word for text in _texts(language) for word in WORD.findall(text))
    for word in list(counts):
        lower = word.lower()
        # A word that also occurs in lower case is only capitalized at the start of a sentence.
        if lower != word and counts[lower] >= (counts[word] if language == "de" else 1):
            counts[lower] += counts.pop(word)
    by_frequency = [word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    ranked = dict.fromkeys(word for word in by_frequency if word.lower() not in table["function"])
    chance = Random(f"vocabulary:{language}")
    for word in _derived_words(list(ranked), table, chance, joins_nouns=language == "de"):
        ranked.setdefault(word)
        if len(ranked) >= SIZE:
            break
    return list(ranked)


def _derived_words(words: list[str], table: dict[str, Any], chance: Random, *, joins_nouns: bool) -> Iterator[str]:
    nouns = [word for word in words if word[0].isupper()] if joins_nouns else []
    while True:
        if nouns and chance.random() < 0.6:
            yield compound(chance.choice(nouns), chance.choice(nouns))
            continue
        word = chance.choice(words)
        if chance.random() < 0.25:
            prefix = chance.choice(table["prefixes"])
            word = prefix.capitalize() + word.lower() if word[0].isupper() else prefix + word
        yield re.sub(r"[aeiouéèy]$", "", word) + chance.choice(table["endings"])


def compound(first: str, second: str) -> str:
    """A German compound of two nouns, with its linking s."""
    link = "s" if first.endswith(("ung", "heit", "keit", "schaft", "ion", "tät")) else ""
    return first + link + second.lower()


def _texts(language: str) -> Iterator[str]:
    for path in sorted(CONTENT.glob(f"*/{language}/*.toml")):
        yield from _strings(tomllib.loads(path.read_text(encoding="utf-8")))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield TAG.sub(" ", value)
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in NON_TEXT_KEYS:
                yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
