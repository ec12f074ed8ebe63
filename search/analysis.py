"""Text analysis: turns text into the terms that are indexed and searched, the same ones for every engine.

A word is separated from its elision, folded (case, accents, ligatures) and stemmed in its language.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import Stemmer

from search.irregular import regular, verb_stem

# Counts up when the same text gives other terms or spellings: `check_search` then finds every entry outdated.
ANALYSIS_VERSION = 6
MAX_TERM_LENGTH = 40
MAX_CACHED_WORDS = 200_000

STEMMERS = {"fr": "french", "de": "german", "en": "english", "it": "italian", "nl": "dutch", "es": "spanish"}
# Soft hyphens, joiners, direction marks.
_INVISIBLE = re.compile("[\u00ad\u061c\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_WORD = re.compile(r"([^\W_]+)(?:['’ʼ]s(?![^\W_]))?")
_ELIDED = ["c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "presqu", "puisqu", "quelqu", "quoiqu"]
_FRENCH_WORD = re.compile(rf"(?:(?<![^\W_])(?:{'|'.join(_ELIDED)})['’ʼ])?([^\W_]+)", re.IGNORECASE)
# Tokenizes a long text in half the time of _FRENCH_WORD: the term cache drops elisions.
_FRENCH_TOKEN = re.compile(r"[^\W_]+['’ʼ]?")
_ELISIONS = {f"{elided}{mark}" for elided in _ELIDED for mark in "'’ʼ"}
# Plurals and feminines that the French stemmer keeps: emplois, délais.
_FRENCH_PLURAL = re.compile(r"(?<=\w\w[oa]i)s(?:es?)?$")
# “Créée” has the stem of “créé”.
_FRENCH_PARTICIPLE = re.compile(r"(?<=\w\we)es?$")
# Words with one or two hyphens: cyber-sécurité, Drei-Ufer-Bürgschaft.
_HYPHENATED = re.compile(r"(?<![^\W_])[^\W\d_]{2,}(?:[-‐‑][^\W\d_]{2,}){1,2}(?![^\W_])")
_HYPHENS = str.maketrans("", "", "-‐‑")
_PLAIN_HYPHENS = str.maketrans("‐‑", "--")
# What follows a French hyphen without being a part of a word: celui-ci, est-il.
_NO_PART = re.compile(r"[-‐‑](?:ci|là|elles?|ils?|on|ce|je|tu|nous|vous|moi|toi|lui|leur|les?|la|en|y)$", re.IGNORECASE)

# Dropped from queries, but indexed, since phrases contain them.
_STOP_WORDS = {
    "fr": """a à au aux avec ce ces cet cette comme comment dans de des du elle elles en est et eux il ils je la le les
        leur leurs l d ma mais me mes mon ne nos notre nous on ou où par pas pour qu que quel quelle quelles quels qui
        quoi sa se ses si son sont sur ta te tes toi ton tu un une vos votre vous y avait avaient ça cela celle celles
        celui ceux chez combien doit dont était étaient fut furent laquelle lequel lesquelles lesquels lors ont peut
        peuvent pourquoi quand sans t dois devons devez doivent peux pouvons pouvez puis suis es sommes êtes ai as
        avons avez faut svp stp pr selon""",
    "de": """aber als am an auch auf aus bei bin bis das dass dem den der des die durch ein eine einem einen einer eines
        er es für hat ich ihr im in ist ja man mit nach nicht noch nur ob oder ohne sich sie sind so um und uns vom von
        vor war was wer wie wir wo zu zum zur über wann warum weshalb wieso worum womit wodurch wofür woher wohin worin
        wem wen welche welchem welchen welcher welches diese diesem diesen dieser dieses viel
        viele vielen vieler bitte""",
    "en": """a about an and are as at be but by do does for from had has have how i if in is it its of on or our than
        that the their there these they this to was we were what when where which who why will with you your been being
        can could did he her him his into may me my she should some such them then those whom whose would many much
        please pls""",
}
STOP_WORDS = {language: frozenset(text.split()) for language, text in _STOP_WORDS.items()}


def clean(text: str) -> str:
    """Normalize to NFC and remove what is invisible or cannot be stored: direction marks, NUL, lone surrogates."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text).replace("\0", " "))
    return text.encode("utf-8", "ignore").decode("utf-8")


def fold(word: str) -> str:
    """The word in lower case, without accents and ligatures: `Œuvre` and `oeuvre` fold to the same."""
    folded = word.casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded.translate(_LETTERS))
    return "".join(letter for letter in decomposed if letter.isalnum())


@cache
def _stemmer(language: str) -> Any:
    return Stemmer.Stemmer(STEMMERS[language], 0) if language in STEMMERS else None


class _TermCache(dict[str, str]):
    """The terms of recently seen words of one language: most words of a text are repeated."""

    def __init__(self, language: str):
        super().__init__()
        self.language = language

    def __missing__(self, word: str) -> str:
        if len(self) >= MAX_CACHED_WORDS:
            self.clear()
        found = "" if word.casefold() in _ELISIONS else _term(word.rstrip("'’ʼ"), self.language)
        self[word] = found
        return found


@cache
def term_by_word(language: str) -> Mapping[str, str]:
    """A mapping that analyses words on demand; the term of an elision is the empty string."""
    return _TermCache(language)


def _term(word: str, language: str) -> str:
    stemmer = _stemmer(language)
    word = word[:MAX_TERM_LENGTH]
    if stemmer is None:
        return fold(word)[:MAX_TERM_LENGTH]
    if language == "de":
        # The German stemmer handles both spellings of an umlaut: Muenchen, München.
        return fold(verb_stem(stemmer.stemWord(regular(word.casefold(), language))))[:MAX_TERM_LENGTH]
    folded = regular(fold(word), language)
    if language == "fr":
        folded = _FRENCH_PARTICIPLE.sub("", _FRENCH_PLURAL.sub("", folded))
    stem: str = stemmer.stemWord(folded)
    return stem[:MAX_TERM_LENGTH]


def _pattern(language: str) -> re.Pattern[str]:
    return _FRENCH_WORD if language == "fr" else _WORD


def word_matches(text: str, language: str) -> Iterator[re.Match[str]]:
    """The words of a cleaned text as matches; group 1 is the word without its elision."""
    return _pattern(language).finditer(text)


def words(text: str, language: str) -> list[str]:
    """The words of a cleaned text without their elisions."""
    return _pattern(language).findall(text)


def terms(text: str, language: str) -> list[str]:
    """The terms of a text in their order."""
    return terms_of_clean_text(clean(text), language)


def terms_of_clean_text(text: str, language: str) -> list[str]:
    return list(filter(None, map(term_by_word(language).__getitem__, tokens(text, language))))


def tokens(text: str, language: str) -> list[str]:
    """The words of a cleaned text as `term_by_word` takes them; in French, elisions are among them."""
    return (_FRENCH_TOKEN if language == "fr" else _WORD).findall(text)


def without_hyphens(word: str) -> str:
    return word.translate(_HYPHENS)


def joined_words(text: str, language: str) -> list[str]:
    """The hyphenated words of a cleaned text without their hyphens."""
    if "‐" in text or "‑" in text:
        text = text.translate(_PLAIN_HYPHENS)
    if "-" not in text:
        return []
    # The pattern would be tried at every letter of a text.
    hyphenated = " ".join([part for part in text.split() if "-" in part])
    return [
        without_hyphens(found[0])
        for found in _HYPHENATED.finditer(hyphenated)
        if language != "fr" or not _NO_PART.search(found[0])
    ]


def is_stop_word(word: str, language: str) -> bool:
    # English has no accents, and its texts are full of “a”, which “à” would be.
    return (fold(word) if language == "en" else word.casefold()) in STOP_WORDS.get(language, ())


class AnalysedText(NamedTuple):
    """What is indexed of a text: its terms, after them those of its hyphenated words without hyphens; and its words."""

    terms: list[str]
    words: frozenset[str]


def analysed(text: str, language: str) -> AnalysedText:
    """The terms and the words of a cleaned text, which is read once for both."""
    found = tokens(text, language) + joined_words(text, language)
    return AnalysedText(list(filter(None, map(term_by_word(language).__getitem__, found))), frozenset(found))


def unstemmed_terms(title: str, language: str) -> list[str]:
    """The folded words of a title, not stemmed, for completion while a reader types."""
    return [folded for match in word_matches(clean(title), language) if (folded := fold(match[1]))]
