"""The second ranking step: reads the best candidates' text for information that the index lacks.

A stem does not show which form was typed, and misses some related words. Neither engine returns the distance between a
query's words.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from django.db.models.functions import Left

from search.analysis import fold, is_stop_word, term_by_word, terms, terms_of_clean_text, tokens, word_matches
from search.engines.base import Candidate, Frequencies
from search.indexes import PUBLIC, Index
from search.kinds import SECTION as SECTION_KIND
from search.languages import language_of
from search.query.parse import QueryPiece, QueryTerms
from search.results.ranking import Ranked, rarity

# The number of candidates to read, and the number of characters of each.
MAX_READ, MAX_LENGTH = 30, 8000
# The bonuses for all words of a query together: words as typed, words related to missing ones, words near each other,
# and stop words (the answer to a question with *je* has it too). In languages with compounds, words with the same
# beginning are less related, and stop words add nothing.
AS_TYPED, RELATED, NEAR, SMALL = 0.9, 0.3, 0.3, 0.06
RELATED_OR_COMPOUND = 0.15
# The penalty for a section. It only links to its list, and its few words would have most weight.
SECTION = 0.4
# A query with fewer stop words is not a question.
SMALL_WORDS_OF_A_QUESTION = 3
# The stem of a related word has at least MIN_STEM letters, of which only the last MAX_ENDING differ.
MIN_STEM, MAX_ENDING = 5, 2
# The distance between two parts of a page, and the distance from which words count as separate.
GAP, FAR = 16, 30
# The maximum distance, in words, between the parts of a divided compound: “ein Dach für jede Halle”.
MAX_DISTANCE = 6


@dataclass
class TypedWords:
    """A query's words in one language, by term: their weights, which add up to 1, and the forms typed.

    Words with one of the `beginnings` are related; `small` are the terms of stop words.
    """

    language: str
    weights: dict[str, float] = field(default_factory=dict)
    forms: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    beginnings: dict[str, str] = field(default_factory=dict)
    small: set[str] = field(default_factory=set)


def typed_words(pieces: Iterable[QueryPiece], query: QueryTerms, frequencies: Frequencies) -> TypedWords:
    weights = {
        term: rarity(clause, frequencies) / len(found)
        for clause in (*query.required, *query.optional)
        for found in clause.alternatives
        for term in found
    }
    typed = TypedWords(query.language)
    for piece in pieces:
        for match in word_matches("" if piece.is_excluded else piece.text, query.language):
            is_small = is_stop_word(match[1], query.language)
            for term in terms(match[1], query.language):
                if is_small and len(term) > 1:
                    typed.small.add(term)
                elif term in weights and not is_small:
                    # A word that is typed twice has twice the weight, because it is the subject of the query.
                    typed.weights[term] = typed.weights.get(term, 0.0) + weights[term]
                    typed.forms[term].add(fold(match[1]))
    total = sum(typed.weights.values()) or 1
    typed.weights = {term: weight / total for term, weight in typed.weights.items()}
    typed.beginnings = {
        term: term[: max(MIN_STEM, len(term) - MAX_ENDING)] for term in typed.weights if len(term) >= MIN_STEM
    }
    return typed


def rerank(order: Sequence[Ranked], queries: Collection[TypedWords], index: Index = PUBLIC) -> list[Ranked]:
    """Reorder the first MAX_READ pages by rank and text."""
    by_language = {each.language: each for each in queries}
    read = {each.key: each for each in order[:MAX_READ]}
    texts: Any = index.texts
    rows = texts._default_manager.filter(entry__key__in=read, language__in=by_language)
    columns = ("entry__key", "entry__bucket__kind", "language", "title", "summary", "names", Left("text", MAX_LENGTH))
    for key, kind, language, *parts in rows.values_list(*columns):
        gain = bonus_of(parts, by_language[language]) - (SECTION if kind == SECTION_KIND else 0)
        read[key] = Ranked(key, read[key].rank + gain)
    return [*sorted(read.values(), key=lambda each: (each.rank, each.key), reverse=True), *order[MAX_READ:]]


def bonus_of(parts: Iterable[str], typed: TypedWords) -> float:
    stems = term_by_word(typed.language)
    as_typed: set[str] = set()
    places: list[tuple[int, str]] = []
    seen: set[str] = set()
    start = 0
    for part in parts:
        words = tokens(part, typed.language)
        found = list(map(stems.__getitem__, words))
        seen.update(found)
        for place, (term, word) in enumerate(zip(found, words, strict=True), start):
            if term in typed.weights:
                places.append((place, term))
                if term not in as_typed and fold(word) in typed.forms[term]:
                    as_typed.add(term)
        start += len(words) + GAP
    weights = typed.weights
    # Each word counts once, because a long text has every form of a word.
    total = AS_TYPED * sum(map(weights.__getitem__, as_typed)) + NEAR * _nearness(places, weights)
    missing = {term: beginning for term, beginning in typed.beginnings.items() if term not in seen}
    related = [each for each in seen if each.startswith(tuple(missing.values()))] if missing else []
    related_weight = sum(
        weights[term] for term, beginning in missing.items() if any(each.startswith(beginning) for each in related)
    )
    if language_of(typed.language).compounds:
        return total + RELATED_OR_COMPOUND * related_weight
    small = len(typed.small & seen) / max(SMALL_WORDS_OF_A_QUESTION, len(typed.small))
    return total + RELATED * related_weight + SMALL * small


def _nearness(places: Sequence[tuple[int, str]], weights: Mapping[str, float]) -> float:
    """For each pair of words, the smaller weight divided by their shortest distance; the sum over all pairs."""
    # In order of place.
    last: dict[str, int] = {}
    nearest: dict[tuple[str, str], int] = {}
    for place, term in places:
        for other, before in reversed(last.items()):
            if place - before >= FAR:
                break
            if other != term:
                pair = (term, other) if term < other else (other, term)
                nearest[pair] = min(nearest.get(pair, FAR), place - before)
        last.pop(term, None)
        last[term] = place
    return sum(min(weights[one], weights[other]) / distance for (one, other), distance in nearest.items())


def keys_with_close_words(query: QueryTerms, candidates: Collection[Candidate], index: Index) -> set[int]:
    """The keys of pages with a query's two words close together, one of them in title or summary.

    A compound that ends with a word counts as the word (*Messe*, *Handwerksmesse*).
    """
    words = [
        {found[0] for found in clause.alternatives if len(found) == 1 and found[0].endswith(clause.alternatives[0][0])}
        for clause in query.required
    ]
    best = sorted(candidates, key=lambda each: each.score, reverse=True)[:MAX_READ]
    texts: Any = index.texts
    rows = texts._default_manager.filter(entry__key__in=[each.key for each in best], language=query.language)
    keys = set()
    for key, title, summary, text in rows.values_list("entry__key", "title", "summary", Left("text", MAX_LENGTH)):
        top = terms_of_clean_text(f"{title} {summary}", query.language)
        found = top + terms_of_clean_text(text, query.language)
        firsts, lasts = ([place for place, term in enumerate(found) if term in of] for of in words)
        if any(
            abs(one - other) <= MAX_DISTANCE and min(one, other) < len(top) for one, other in product(firsts, lasts)
        ):
            keys.add(key)
    return keys
