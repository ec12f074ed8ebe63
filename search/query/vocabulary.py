"""Right words of a language: those of the interface and its translations, in place of a dictionary."""

import re
from functools import cache

from portal.content.upstream import catalogue_texts
from search.analysis import term_by_word, tokens

# Shorter words are not evidence.
SHORTEST = 4
# The language of the texts that are translated, and one that has all of them.
SOURCE, TRANSLATED = "en", "fr"
# Placeholders, tags, addresses and names in code.
_NO_WORDS = re.compile(r"%\(\w+\)\w|%\w|\{[^}]*\}|<[^>]+>|&\w+;|\S*[\w][/@._\\][\w]\S*")


def is_in_vocabulary(word: str, language: str) -> bool:
    """Whether the interface has a word, in this form or in another one with the same stem."""
    return bool(term := term_by_word(language)[word]) and term in _vocabulary(language)


@cache
def _vocabulary(language: str) -> frozenset[str]:
    is_source = language == SOURCE
    texts = (pair[0 if is_source else 1] for pair in catalogue_texts(TRANSLATED if is_source else language))
    words = (word for text in texts for word in tokens(_NO_WORDS.sub(" ", text), language))
    return frozenset(term_by_word(language)[word] for word in words if len(word) >= SHORTEST and word.isalpha())
