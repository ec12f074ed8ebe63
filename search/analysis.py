"""From text to the terms that are indexed and looked for: one way for every engine, so that all of them find the same.

A word is folded (case, accents, ligatures), parted from its elision and stemmed by its language.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import Stemmer

LONGEST_TERM = 40
REMEMBERED_WORDS = 200_000

STEMMERS = {"fr": "french", "de": "german", "en": "english", "it": "italian", "nl": "dutch", "es": "spanish"}
# What is written and not seen: soft hyphens, joiners, marks of direction.
_UNSEEN = re.compile("[\u00ad\u061c\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_WORD = re.compile(r"([^\W_]+)(?:['’ʼ]s(?![^\W_]))?")
_ELIDED = ["c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "presqu", "puisqu", "quelqu", "quoiqu"]
_FRENCH_WORD = re.compile(rf"(?:(?<![^\W_])(?:{'|'.join(_ELIDED)})['’ʼ])?([^\W_]+)", re.IGNORECASE)
# The same for all the words of a long text, in half the time: the terms know what stands before an apostrophe.
_FRENCH_PART = re.compile(r"[^\W_]+['’ʼ]?")
_ELISIONS = {f"{elided}{mark}" for elided in _ELIDED for mark in "'’ʼ"}
# Plurals that the French algorithm leaves alone: emplois, délais; and the feminine that goes with them.
_FRENCH_PLURAL = re.compile(r"(?<=\w\w[oa]i)s(?:es?)?$")
# Créée is found by créé.
_FRENCH_PARTICIPLE = re.compile(r"(?<=\w\we)es?$")
_IRREGULAR = {"travaux": "travail", "baux": "bail", "vitraux": "vitrail", "coraux": "corail", "yeux": "oeil"}

# Words that say nothing of what is looked for; they are indexed all the same, for phrases.
_STOP_WORDS = {
    "fr": """a à au aux avec ce ces cet cette comme comment dans de des du elle elles en est et eux il ils je la le les
        leur leurs l d ma mais me mes mon ne nos notre nous on ou où par pas pour qu que quel quelle quelles quels qui
        quoi sa se ses si son sont sur ta te tes toi ton tu un une vos votre vous y""",
    "de": """aber als am an auch auf aus bei bin bis das dass dem den der des die durch ein eine einem einen einer eines
        er es für hat ich ihr im in ist ja man mit nach nicht noch nur ob oder ohne sich sie sind so um und uns vom von
        vor war was wer wie wir wo zu zum zur über""",
    "en": """a about an and are as at be but by do does for from had has have how i if in is it its of on or our than
        that the their there these they this to was we were what when where which who why will with you your""",
}
STOP_WORDS = {language: frozenset(text.split()) for language, text in _STOP_WORDS.items()}


def clean(text: str) -> str:
    """Text without what cannot be seen or stored: marks of direction, NUL, halves of characters."""
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text).replace("\0", " "))
    return text.encode("utf-8", "ignore").decode("utf-8")


def fold(word: str) -> str:
    """A word in lower case, without accents and ligatures; `Œuvre` and `oeuvre` fold to the same."""
    folded = word.casefold()
    if folded.isascii():
        return folded
    parted = unicodedata.normalize("NFKD", folded.translate(_LETTERS))
    return "".join(letter for letter in parted if letter.isalnum())


@cache
def _stemmer(language: str) -> Any:
    return Stemmer.Stemmer(STEMMERS[language], 0) if language in STEMMERS else None


class _Terms(dict[str, str]):
    """The terms of the words of one language that were met last: most words of a text are."""

    def __init__(self, language: str):
        super().__init__()
        self.language = language

    def __missing__(self, word: str) -> str:
        if len(self) >= REMEMBERED_WORDS:
            self.clear()
        found = "" if word.casefold() in _ELISIONS else _term(word.rstrip("'’ʼ"), self.language)
        self[word] = found
        return found


@cache
def terms_of(language: str) -> Mapping[str, str]:
    """What is indexed for each word of a language, without its apostrophe; empty for a word of marks only."""
    return _Terms(language)


def _term(word: str, language: str) -> str:
    stemmer = _stemmer(language)
    word = word[:LONGEST_TERM]
    if stemmer is None:
        return fold(word)[:LONGEST_TERM]
    if language == "de":
        # Its stems know umlauts however they are written: Muenchen, München.
        return fold(stemmer.stemWord(word.casefold()))[:LONGEST_TERM]
    folded = fold(word)
    if language == "fr":
        folded = _FRENCH_PARTICIPLE.sub("", _FRENCH_PLURAL.sub("", _IRREGULAR.get(folded, folded)))
    return stemmer.stemWord(folded)[:LONGEST_TERM]


def _pattern(language: str) -> re.Pattern[str]:
    return _FRENCH_WORD if language == "fr" else _WORD


def words(text: str, language: str) -> Iterator[re.Match[str]]:
    """The words of a cleaned text; group 1 is the word without its elision."""
    return _pattern(language).finditer(text)


def terms(text: str, language: str) -> list[str]:
    """The terms of a text in their order."""
    return terms_of_cleaned(clean(text), language)


def terms_of_cleaned(text: str, language: str) -> list[str]:
    known = terms_of(language)
    pattern = _FRENCH_PART if language == "fr" else _WORD
    return list(filter(None, map(known.__getitem__, pattern.findall(text))))


def is_stop_word(word: str, language: str) -> bool:
    return word.casefold() in STOP_WORDS.get(language, ())


def start_terms(title: str, language: str) -> list[str]:
    """The words of a title without their stems cut, for what is completed while it is typed."""
    return [folded for match in words(clean(title), language) if (folded := fold(match[1]))]
