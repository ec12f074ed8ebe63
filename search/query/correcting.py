"""Corrects query words that no entry has, unless they are likely to be correct."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from functools import cache
from itertools import pairwise, takewhile
from math import log
from pathlib import Path
from typing import Any, NamedTuple

import django
from babel.messages.mofile import read_mo
from django.apps import apps
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import to_locale

from search.analysis import fold, is_stop_word, joined_words, term_by_word, terms, tokens, without_hyphens, word_matches
from search.languages import language_of
from search.models import IndexWord
from search.query.compounds import divide
from search.query.days import NAMES_OF_DAYS_AND_MONTHS
from search.query.distance import typing_cost
from search.query.parse import MAX_LOOKED_UP, MAX_PIECES, QueryPiece, TermSequence
from search.query.spelling import MAX_COST, SHORT, nearest, phonetic_spellings

# Shorter words of the interface are not evidence.
SHORTEST = 4
# The language of the interface's source text, and a language into which all of it is translated.
SOURCE, TRANSLATED = "en", "fr"
# Placeholders, tags, URLs and names in code.
_NO_WORDS = re.compile(r"%\(\w+\)\w|%\w|\{[^}]*\}|<[^>]+>|&\w+;|\S*[\w][/@._\\][\w]\S*")
# The weight of a neighbouring-key error relative to the logarithm of a word's frequency.
COST_OF_SLIP = 6.0
# If the query has results, a word is only corrected to a word that occurs on this many times as many pages.
CLEARLY_MORE = 3
# A correct word that no page has is often similar to another word, unless it has this many letters per error. A fifth
# of the five-letter words in other texts are one error away from a word of the demo.
LETTERS_A_SLIP = 7
# A hyphenated word may contain one error.
MAX_COST_OF_HYPHENATED = 1.2
# Two words that begin with at least this many equal letters are forms of one word if only usual endings differ.
MIN_COMMON = 4
_SOFT_C = re.compile("c(?=[eiyh])")
_HYPHEN = re.compile("[-‐‑]")


def is_in_vocabulary(word: str, language: str) -> bool:
    """Whether the interface contains a word, in this form or another with the same stem."""
    return bool(term := term_by_word(language)[word]) and term in _vocabulary(language)


@cache
def _vocabulary(language: str) -> frozenset[str]:
    is_source = language == SOURCE
    texts = _interface_texts(TRANSLATED if is_source else language, is_source)
    words = (word for text in texts for word in tokens(_NO_WORDS.sub(" ", text), language))
    return frozenset(term_by_word(language)[word] for word in words if len(word) >= SHORTEST and word.isalpha())


def _interface_texts(language: str, is_source: bool) -> Iterator[str]:
    """The strings of a language's installed catalogues, translated or as in the source."""
    folders: list[Any] = [Path(django.__file__).parent / "conf" / "locale", *settings.LOCALE_PATHS]
    folders += [Path(app.path) / "locale" for app in apps.get_app_configs()]
    for folder in folders:
        if (path := Path(folder) / to_locale(language) / "LC_MESSAGES" / "django.mo").exists():
            with path.open("rb") as file:
                for message in read_mo(file):
                    texts = message.id if is_source else message.string
                    # A plural has one string per form.
                    yield from [texts] if isinstance(texts, str) else texts or ()


class Corrections(NamedTuple):
    """The query to search instead of the original one, empty if nothing changes.

    In `corrected`, other forms of correct words stay as typed, because they are not mistakes. With `has_parts`, a
    compound is searched as its parts, which is no correction either. `proposed` has corrections that need proof.
    """

    searched: str = ""
    corrected: str = ""
    has_parts: bool = False
    proposed: str = ""


def corrections(
    text: str,
    pieces: Sequence[QueryPiece],
    languages: Sequence[str],
    count: Callable[[Collection[TermSequence]], Mapping[TermSequence, int]],
    parts: Set[str],
    are_close: Callable[[str, str], bool],
    elsewhere: Callable[[Collection[str]], Set[str]],
    known: QuerySet[IndexWord],
    *,
    has_results: bool,
) -> Corrections:
    """Replace each word that no entry has with the likeliest similar one. The first language is the reader's.

    `count` gives the number of entries with each sequence; `parts` are terms that compounds contain; `are_close` says
    whether a page is about two words together; `elsewhere` says which words other sites or languages have; `known` are
    the words with which to correct.

    Names of days and months and words of the interface count as correct. If the query has results, a word is only
    replaced with a far more frequent word that is one slip away. A hyphenated word that no entry has is corrected as a
    whole, because its parts may be correct or too short (*Bar-le-Duk*).
    """
    language = languages[0]
    words = _significant_words(pieces, language)
    wholes = {} if has_results else _hyphenated(pieces, language)
    terms_of = {word: [tuple(terms(word, each)) for each in languages] for word in [*wholes, *words]}
    in_parts = {word: [tuple(terms(text, each)) for each in languages] for word, text in wholes.items()}
    counts = count([each for of in (terms_of, in_parts) for found in of.values() for each in found if each])
    wholes = {
        word: text for word, text in wholes.items() if not any(map(counts.get, [*terms_of[word], *in_parts[word]]))
    }
    unknown = [
        word
        for word in words
        if fold(word) not in NAMES_OF_DAYS_AND_MONTHS
        and (has_results or not any(counts.get(each) or parts >= {*each} for each in terms_of[word] if each))
    ][:MAX_LOOKED_UP]
    near = nearest([*wholes, *unknown], languages, known) if wholes or unknown else {}
    near_terms = {(of, each.word): tuple(terms(each.word, of)) for found in near.values() for of, each in found}
    counts = {**counts, **count(list(near_terms.values()))}
    used_elsewhere: Set[str] | None = None
    searched = corrected = proposed = text
    has_parts = is_doubtful = False
    # Dividing takes queries, so only the longest word is divided.
    longest = max(unknown, key=len, default="")
    done: set[str] = set()
    for word, found in near.items():
        least = max(0, CLEARLY_MORE * sum(counts.get(each, 0) for each in terms_of[word]) - 1) if has_results else 0
        most = MAX_COST_OF_HYPHENATED if word in wholes else 1 if has_results else MAX_COST
        likely = [
            (each.cost * COST_OF_SLIP - log(entries), each.word, is_form(word, each.word, of), of)
            for of, each in found
            if not is_stop_word(each.word, of)
            and (entries := counts.get(near_terms[of, each.word], 0)) > least
            and each.cost <= most
            and word not in done
        ]
        forms = [each for each in likely if each[2]]
        _cost, meant, _is_form, of_meant = min(forms or likely, default=(0.0, "", False, language))
        typed = wholes.get(word, word)
        if meant and word in wholes:
            meant = _with_hyphens(meant, typed)
            done |= {match[1] for match in word_matches(typed, language)}
        elif not likely and word == longest and word not in done and not has_results:
            apart = divide(word, language, known)
            # A page that has both words anywhere is no evidence for a compound.
            has_parts = bool(apart) and are_close(*apart)
            meant = " ".join(apart) if has_parts else ""
        needs_proof = bool(likely) and not forms and word not in wholes
        if not meant or (forms and has_results) or (needs_proof and is_in_vocabulary(word, language)):
            continue
        pattern = rf"(?<!\w){re.escape(typed)}(?!\w)"
        proposed = re.sub(pattern, meant, proposed)
        if needs_proof and not has_results:
            is_sure = is_certain(word, meant, of_meant)
            if is_sure and used_elsewhere is None:
                used_elsewhere = elsewhere([*near])
            if not is_sure or word in (used_elsewhere or ()):
                is_doubtful = True
                continue
        searched = re.sub(pattern, meant, searched)
        corrected = corrected if forms else re.sub(pattern, meant, corrected)
    searched, corrected = (each if each != text else "" for each in (searched, corrected))
    return Corrections(searched, corrected, has_parts, proposed if is_doubtful else "")


def is_certain(typed: str, meant: str, language: str) -> bool:
    """Whether an unknown word is more likely a slip than correct: it has the same letters, or is long.

    Letters may swap places, be doubled, or be missing after the first; a longer word may also have extra ones. A short
    correct word often sounds like another (*cale*, *kale*), unless it has a foreign letter (*kafe*).
    """
    one, other = fold(typed), fold(meant)
    if len(one) <= SHORT and other != one and other in phonetic_spellings(typed, language):
        return one.replace(*language_of(language).foreign) == other
    sounds = _sound(typed, language), _sound(meant, language)
    is_begun = one[0] == other[0]
    return (
        sorted(one) == sorted(other)
        or sounds[0] == sounds[1]
        or (is_begun and _has_in_order(other, one))
        or (is_begun and len(one) >= LETTERS_A_SLIP and _has_in_order(one, other))
        or typing_cost(*sounds) * LETTERS_A_SLIP < len(one)
    )


def _has_in_order(word: str, letters: str) -> bool:
    rest = iter(word)
    return all(letter in rest for letter in letters)


def _sound(word: str, language: str) -> str:
    """Approximate the sound of a word: interchangeable letters become one letter, and so do doubled letters."""
    letters = fold(word.casefold().replace("ç", "s")).replace("ph", "f").replace("ck", "k")
    facts = language_of(language)
    letters = _SOFT_C.sub(facts.soft_c, letters).translate(facts.alike)
    return re.sub(r"(.)\1+", r"\1", letters)


def is_form(one: str, other: str, language: str) -> bool:
    """Whether two words look like forms of one word, such as *réduire* and *réduite*.

    The endings may differ by a slip, and are no evidence, in three cases: each is one letter, one is the other with
    letters before it, or both have the same letters (*pénichse*, *péniches*).
    """
    first, second = fold(one), fold(other)
    common = _common(first, second)
    ending, longer = sorted((first[common:], second[common:]), key=len)
    is_slip = longer.endswith(ending) or sorted(longer) == sorted(ending)
    is_clear = not ending or (len(longer) > 1 and not is_slip)
    return common >= MIN_COMMON and is_clear and {ending, longer} <= language_of(language).endings


def _common(one: str, other: str) -> int:
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _hyphenated(pieces: Sequence[QueryPiece], language: str) -> dict[str, str]:
    """The hyphenated words of a query, by their letters without hyphens."""
    texts = [piece.text.strip(",;:.!?()") for piece in pieces if piece.is_word]
    return {whole: text for text in texts if (whole := without_hyphens(text)) in joined_words(text, language)}


def _with_hyphens(word: str, typed: str) -> str:
    """The word with the hyphens of the typed word. The two differ by one slip.

    The positions of hyphens are counted from the beginning before the slip, and from the end after it.
    """
    whole = fold(without_hyphens(typed))
    common = _common(whole, fold(word))
    places = [match.start() - number for number, match in enumerate(_HYPHEN.finditer(typed))]
    ends = [0, *(place if place < common else place + len(word) - len(whole) for place in places), len(word)]
    return "-".join(word[start:end] for start, end in pairwise(ends))


def _significant_words(pieces: Sequence[QueryPiece], language: str) -> list[str]:
    found = (
        match[1]
        for piece in pieces
        if not piece.is_excluded
        for match in word_matches(piece.text, language)
        if piece.is_phrase or not is_stop_word(match[1], language)
    )
    return list(dict.fromkeys(found))[:MAX_PIECES]
