"""The words of a language and how often each occurs: a few make half of any text, most occur almost never."""

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
# Parts of the demo's files that are no running text.
SILENT = {
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
URN = 1 << 18
# Zipf's law with Mandelbrot's shift. The telling words begin where the function words, which have their own table, end.
EXPONENT, SHIFT = 1.25, 70


@dataclass(frozen=True)
class Vocabulary:
    """Draws are made from urns in which each word lies as many times as its frequency asks, and once at least.

    `running` has all words, `telling` those that say what a text is about.
    """

    running: list[str]
    telling: list[str]
    compounds: list[str]
    syllables: list[str]
    street: str


@cache
def vocabulary(language: str) -> Vocabulary:
    """The vocabulary of a language, English for one that is not known; the same in every process."""
    tables = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    language = language if language in tables else "en"
    facts = tables[language]
    telling = _ranked(language, facts)
    weights = [(rank + SHIFT) ** -EXPONENT for rank in range(1, len(telling) + 1)]
    share = 1 - sum(facts["function"].values()) / 10_000
    return Vocabulary(
        running=[
            *_urn(list(facts["function"]), list(facts["function"].values()), round(URN * (1 - share))),
            *_urn(telling, weights, round(URN * share)),
        ],
        telling=_urn(telling, weights, URN // 2),
        compounds=[word for word in telling[:2000] if word[0].isupper()] if language == "de" else [],
        syllables=facts["syllables"],
        street=facts["street"],
    )


def _urn(words: list[str], weights: list[float], size: int) -> list[str]:
    unit = size / sum(weights)
    return [word for word, weight in zip(words, weights, strict=True) for _ in range(max(1, round(weight * unit)))]


def _ranked(language: str, facts: dict[str, Any]) -> list[str]:
    """The words of the demo's texts by frequency, then words made of them."""
    counts = Counter(word for text in _texts(language) for word in WORD.findall(text))
    for word in list(counts):
        small = word.lower()
        # What opens a sentence is written large there and small elsewhere.
        if small != word and counts[small] >= (counts[word] if language == "de" else 1):
            counts[small] += counts.pop(word)
    known = [word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    ranked = dict.fromkeys(word for word in known if word.lower() not in facts["function"])
    chance = Random(f"vocabulary:{language}")
    for word in _made(list(ranked), facts, chance, joins_nouns=language == "de"):
        ranked.setdefault(word)
        if len(ranked) >= SIZE:
            break
    return list(ranked)


def _made(known: list[str], facts: dict[str, Any], chance: Random, *, joins_nouns: bool) -> Iterator[str]:
    nouns = [word for word in known if word[0].isupper()] if joins_nouns else []
    while True:
        if nouns and chance.random() < 0.6:
            yield joined(chance.choice(nouns), chance.choice(nouns))
            continue
        word = chance.choice(known)
        if chance.random() < 0.25:
            opening = chance.choice(facts["openings"])
            word = opening.capitalize() + word.lower() if word[0].isupper() else opening + word
        yield re.sub(r"[aeiouéèy]$", "", word) + chance.choice(facts["endings"])


def joined(first: str, second: str) -> str:
    """A compound as German makes them."""
    link = "s" if first.endswith(("ung", "heit", "keit", "schaft", "ion", "tät")) else ""
    return first + link + second.lower()


def _texts(language: str) -> Iterator[str]:
    for path in sorted(CONTENT.glob(f"*/{language}/*.toml")):
        yield from _strings(tomllib.loads(path.read_text(encoding="utf-8")))


def _strings(facts: Any) -> Iterator[str]:
    if isinstance(facts, str):
        yield TAG.sub(" ", facts)
    elif isinstance(facts, dict):
        for name, value in facts.items():
            if name not in SILENT:
                yield from _strings(value)
    elif isinstance(facts, list):
        for value in facts:
            yield from _strings(value)
