"""Text analysis: turns text into the terms that every engine indexes and searches.

Elisions are dropped. Words are folded (case, accents, ligatures) and stemmed according to `search.languages`.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import Stemmer

from search.languages import language_of

# Increment this when the same text yields other terms or spellings. `check_search` then treats every entry as outdated.
ANALYSIS_VERSION = 7
MAX_TERM_LENGTH = 40
MAX_CACHED_WORDS = 200_000

# Soft hyphens, joiners, direction marks.
_INVISIBLE = re.compile("[\u00ad\u061c\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_WORD = re.compile(r"([^\W_]+)(?:['’ʼ]s(?![^\W_]))?")
# This is twice as fast on long text as a pattern that also recognises elisions. The term cache drops elisions.
_TOKEN_OR_ELISION = re.compile(r"[^\W_]+['’ʼ]?")
_APOSTROPHES = "'’ʼ"
# Words with one or two hyphens: cyber-sécurité, Drei-Ufer-Bürgschaft.
_HYPHENATED = re.compile(r"(?<![^\W_])[^\W\d_]{2,}(?:[-‐‑][^\W\d_]{2,}){1,2}(?![^\W_])")
_HYPHENS = str.maketrans("", "", "-‐‑")
_PLAIN_HYPHENS = str.maketrans("‐‑", "--")


def clean(text: str) -> str:
    """Normalise to NFC and remove characters that are invisible or cannot be stored (NUL, lone surrogates)."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text).replace("\0", " "))
    return text.encode("utf-8", "ignore").decode("utf-8")


def fold(word: str) -> str:
    """The word in lower case, without accents and ligatures: `Œuvre` becomes `oeuvre`."""
    folded = word.casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded.translate(_LETTERS))
    return "".join(letter for letter in decomposed if letter.isalnum())


@cache
def _stemmer(language: str) -> Any:
    name = language_of(language).stemmer
    return Stemmer.Stemmer(name, 0) if name else None


class _TermCache(dict[str, str]):
    """Maps words of one language to their terms: most words in a text are repeated."""

    def __init__(self, language: str):
        super().__init__()
        self.language = language
        self.elisions = {
            f"{elided}{apostrophe}" for elided in language_of(language).elided for apostrophe in _APOSTROPHES
        }

    def __missing__(self, word: str) -> str:
        if len(self) >= MAX_CACHED_WORDS:
            self.clear()
        term = "" if word.casefold() in self.elisions else _term(word.rstrip(_APOSTROPHES), self.language)
        self[word] = term
        return term


@cache
def term_by_word(language: str) -> Mapping[str, str]:
    """A mapping that analyses words on demand. The term of an elision is the empty string."""
    return _TermCache(language)


def _term(word: str, language: str) -> str:
    facts, stemmer = language_of(language), _stemmer(language)
    word = word[:MAX_TERM_LENGTH]
    if stemmer is not None:
        # Only some stemmers need words without accents.
        word = facts.base_of(fold(word) if facts.folded else word.casefold())
        word = facts.base_stem_of(stemmer.stemWord(word))
    return fold(word)[:MAX_TERM_LENGTH]


@cache
def _word_pattern(language: str) -> re.Pattern[str]:
    if not (elided := language_of(language).elided):
        return _WORD
    return re.compile(rf"(?:(?<![^\W_])(?:{'|'.join(elided)})[{_APOSTROPHES}])?([^\W_]+)", re.IGNORECASE)


def word_matches(text: str, language: str) -> Iterator[re.Match[str]]:
    """The words of a cleaned text as matches. Group 1 is the word without its elision."""
    return _word_pattern(language).finditer(text)


def words(text: str, language: str) -> list[str]:
    return _word_pattern(language).findall(text)


def terms(text: str, language: str) -> list[str]:
    return terms_of_clean_text(clean(text), language)


def terms_of_clean_text(text: str, language: str) -> list[str]:
    return list(filter(None, map(term_by_word(language).__getitem__, tokens(text, language))))


def tokens(text: str, language: str) -> list[str]:
    """The words of a cleaned text, including elisions, as keys of `term_by_word`."""
    return (_TOKEN_OR_ELISION if language_of(language).elided else _WORD).findall(text)


def without_hyphens(word: str) -> str:
    return word.translate(_HYPHENS)


def joined_words(text: str, language: str) -> list[str]:
    """The hyphenated words of a text without their hyphens, except words with an enclitic (*celui-ci*)."""
    text = text.translate(_PLAIN_HYPHENS) if "‐" in text or "‑" in text else text
    if "-" not in text:
        return []
    # In the whole text, the pattern would be tried at every letter.
    hyphenated = " ".join([part for part in text.split() if "-" in part])
    enclitics = language_of(language).enclitics
    return [
        without_hyphens(found[0])
        for found in _HYPHENATED.finditer(hyphenated)
        if not (enclitics and re.search(rf"-(?:{enclitics})$", found[0], re.IGNORECASE))
    ]


def is_stop_word(word: str, language: str) -> bool:
    return word.casefold() in language_of(language).stop_words


class AnalysedText(NamedTuple):
    # The terms of hyphenated words, joined without hyphens, come last.
    terms: list[str]
    words: frozenset[str]


def analyse(text: str, language: str) -> AnalysedText:
    """Find the terms and words of a cleaned text in one pass."""
    found = tokens(text, language) + joined_words(text, language)
    return AnalysedText(list(filter(None, map(term_by_word(language).__getitem__, found))), frozenset(found))


def unstemmed_terms(title: str, language: str) -> list[str]:
    """The folded but unstemmed words of a title, for completion as a reader types."""
    return [folded for match in word_matches(clean(title), language) if (folded := fold(match[1]))]
