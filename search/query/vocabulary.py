"""Right words of a language: those of the interface and its translations, which are at hand without a dictionary."""

import re
from collections.abc import Iterator
from functools import cache

from portal.content.upstream import catalogue_texts
from search.analysis import STEMMERS, term_by_word, tokens

# A shorter word says little of what is right.
SHORTEST = 4
# The language of the texts that are translated, and one that has all of them.
SOURCE, TRANSLATED = "en", "fr"
# Placeholders, tags, addresses and names in code.
_NO_WORDS = re.compile(r"%\(\w+\)\w|%\w|\{[^}]*\}|<[^>]+>|&\w+;|\S*[\w][/@._\\][\w]\S*")


def is_known(word: str, language: str) -> bool:
    """Whether the language has a word, in this form or in another one with the same stem."""
    return bool(term := term_by_word(language)[word]) and term in _vocabulary(language)


@cache
def _vocabulary(language: str) -> frozenset[str]:
    """The terms of the words in all translated texts."""
    if language not in STEMMERS:
        return frozenset()
    analysed = term_by_word(language)
    return frozenset(
        analysed[word]
        for text in _texts(language)
        for word in tokens(_NO_WORDS.sub(" ", text), language)
        if len(word) >= SHORTEST and word.isalpha()
    )


def _texts(language: str) -> Iterator[str]:
    for text, translated in catalogue_texts(TRANSLATED if language == SOURCE else language):
        yield text if language == SOURCE else translated
