"""Corrections: what is meant by the words of a query that nothing has, and which of them are right all the same."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from itertools import takewhile
from math import log
from typing import NamedTuple

from search.analysis import fold, is_stop_word, terms, word_matches
from search.query.compounds import divided
from search.query.days import NAMES_OF_DAYS_AND_MONTHS
from search.query.parse import MAX_PIECES, QueryPiece, TermSequence
from search.query.spelling import nearest

# What a slip of the finger weighs against the logarithm of how often a word is used.
COST_OF_SLIP = 6.0
# Of a query that finds something, a word that has so many times as many pages may be meant.
CLEARLY_MORE = 3
# Two words with so many letters in common are forms of one word where these endings are all that differs: the stemmers
# keep apart the forms of irregular verbs, and a participle from the noun.
MIN_COMMON = 4
_ENDINGS = {
    "fr": "e es ee ees s t re te ts tes se ses ent sent sant sons sez sait saient u ue us ues ir er ant ons ez ait",
    "de": "e en er es em n s t te ten tet st et end ende",
    "en": "s es d ed n en ing",
}
ENDINGS = {language: frozenset(["", *text.split()]) for language, text in _ENDINGS.items()}

Counting = Callable[[Collection[TermSequence]], Mapping[TermSequence, int]]
"""Tells in how many of the entries that are searched each sequence stands."""


class Corrections(NamedTuple):
    """The query to search in place of what was typed, and the same without other forms of right words.

    Both are empty where nothing changes: a right word that stands nowhere is searched in another of its forms, but is
    no mistake. `has_parts` says that a compound is searched as its parts, which is no correction either.
    """

    searched: str = ""
    told: str = ""
    has_parts: bool = False


def corrections(
    text: str,
    pieces: Sequence[QueryPiece],
    languages: Sequence[str],
    counting: Counting,
    parts: Set[str],
    *,
    is_found: bool,
) -> Corrections:
    """Replace each word that nothing has by the likeliest near it; the first language is that of the reader.

    `parts` are terms that stand in compounds. Of a query that finds something, a word is replaced only by a far more
    frequent one that differs by one slip. The name of a day or a month is always what is meant.
    """
    language = languages[0]
    words = _telling_words(pieces, language)
    terms_of = {word: [tuple(terms(word, each)) for each in languages] for word in words}
    counts = counting([each for found in terms_of.values() for each in found if each])
    unknown = [
        word
        for word in words
        if fold(word) not in NAMES_OF_DAYS_AND_MONTHS
        and (is_found or not any(counts.get(each) or parts >= {*each} for each in terms_of[word] if each))
    ]
    near = nearest(unknown, languages) if unknown else {}
    near_terms = {(of, each.word): tuple(terms(each.word, of)) for found in near.values() for of, each in found}
    counts = {**counts, **counting(list(near_terms.values()))}
    searched = told = text
    has_parts = False
    for word, found in near.items():
        least = CLEARLY_MORE * sum(counts.get(each, 0) for each in terms_of[word]) - 1 if is_found else 0
        likely = [
            (each.cost * COST_OF_SLIP - log(count), each.word, is_form(word, each.word, of))
            for of, each in found
            if (count := counts.get(near_terms[of, each.word], 0)) > least and (not is_found or each.cost <= 1)
        ]
        forms = [each for each in likely if each[2]]
        # Dividing takes two queries, so that only one word is divided.
        is_divided = not likely and not is_found and len(unknown) == 1
        if likely:
            meant = min(forms or likely)[1]
        else:
            meant = divided(word, language, is_alone=len(words) == 1) if is_divided else ""
            has_parts = has_parts or bool(meant)
        if meant and not (forms and is_found):
            pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
            searched = re.sub(pattern, meant, searched)
            told = told if forms else re.sub(pattern, meant, told)
    searched, told = (each if each != text else "" for each in (searched, told))
    return Corrections(searched, told, has_parts)


def is_form(one: str, other: str, language: str) -> bool:
    """Whether two words look like forms of the same, such as *réduire* and *réduite*.

    Two endings of one letter, one that is the other with a letter before it, and two of the same letters (*pénichse*,
    *péniches*) are as likely a slip of the finger.
    """
    first, second = fold(one), fold(other)
    common = sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))
    ending, longer = sorted((first[common:], second[common:]), key=len)
    is_slip = longer.endswith(ending) or sorted(longer) == sorted(ending)
    is_clear = not ending or (len(longer) > 1 and not is_slip)
    return common >= MIN_COMMON and is_clear and {ending, longer} <= ENDINGS.get(language, frozenset())


def _telling_words(pieces: Sequence[QueryPiece], language: str) -> list[str]:
    found = (
        match[1]
        for piece in pieces
        if not piece.is_excluded
        for match in word_matches(piece.text, language)
        if piece.is_phrase or not is_stop_word(match[1], language)
    )
    return list(dict.fromkeys(found))[:MAX_PIECES]
