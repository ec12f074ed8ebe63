"""The order of results: relevance, raised for title matches, recent pages and coming events."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from search.analysis import terms
from search.engines.base import Candidate, Frequencies
from search.meaning.near import Closeness
from search.models.entries import AFTER_TITLE, minute_of
from search.query.parse import QueryClause, QueryTerms

# Added to the relevance, which is between 0 and 1.
IN_TITLE, EXACT_TITLE, RECENT, UPCOMING, PAST = 0.5, 2.0, 0.1, 0.2, -0.2
# The more words a query has, the more they tell, and the less title and coming dates do: both are divided by their
# number. A recent page gains all of its bonus only where the words tell no more than a common one, by their rarity; in
# a question of several rare words it merely breaks ties. After so many days, the bonus has halved.
COMMON, HALF_LIFE = 2.5, 365
# What the nearest in meaning gains where no page has any of the words. The best by its words has 1, and most of that
# again once its text is read; the more of the query it has, the less meaning counts, and nothing if it has all of it.
# That is so in each language: a story in another one has none of the words, and cannot.
CLOSENESS = 1.5
# At a site that leans to the new, in place of the two.
RECENT_LEANING, HALF_LIFE_LEANING = 1.2, 120


class Ranked(NamedTuple):
    key: int
    rank: float


def ranked(
    candidates: Collection[Candidate],
    typed: str,
    asked: Sequence[QueryTerms],
    frequencies: Frequencies,
    now: datetime,
    closeness: Mapping[int, Closeness] = MappingProxyType({}),
    *,
    prefers_new: bool = False,
) -> list[Ranked]:
    """The candidates, best first; `asked` has the terms of what was typed, once per language.

    `closeness` says by key how near a candidate is in meaning; one that it does not know is near to nothing.
    """
    recent, half_life = (RECENT_LEANING, HALF_LIFE_LEANING) if prefers_new else (RECENT, HALF_LIFE)
    best = max((candidate.score for candidate in candidates), default=0)
    minute = int(now.timestamp()) // 60
    count = max(len(query.required) for query in asked)
    # A title is no whole query without what the reader wants to do with it.
    plain = [query for query in asked if not query.optional]
    exact = {" ".join(term for clause in query.required for term in clause.alternatives[0]) for query in plain}
    exact |= {" ".join(terms(typed, query.language)) for query in asked}
    weights = [[(clause, rarity(clause, frequencies)) for clause in query.required] for query in asked]
    words = {term for query in asked for clause in query.required for found in clause.alternatives for term in found}
    recent *= min(1, COMMON / max(sum(weight for _clause, weight in each) for each in weights))

    gains: dict[int, float] = {}
    if closeness:
        # The best by its words may have few of them, and so say less than the nearest in meaning.
        whole = max(sum(weight for _clause, weight in each) for each in weights)
        gains = _gains_by_meaning(candidates, closeness, whole)
        best = max(best, whole)
    best = best or 1

    def rank(candidate: Candidate) -> float:
        days = max(0, minute - minute_of(candidate.key)) / 1440
        # Most titles have none of the words.
        in_title = words.intersection(candidate.title_key.split())
        share = max(title_share(in_title, each) for each in weights) if in_title else 0.0
        bonus = IN_TITLE * share
        if candidate.time:
            bonus += UPCOMING if candidate.time > 0 else PAST
        exactly = EXACT_TITLE if candidate.title_key.partition(f" {AFTER_TITLE} ")[0] in exact else 0
        freshness: float = 0.5 ** (days / half_life)
        near = gains.get(candidate.key, 0.0)
        return candidate.score / best + near + bonus / count + recent * freshness + exactly

    order = [Ranked(candidate.key, rank(candidate)) for candidate in candidates]
    return sorted(order, key=lambda each: (each.rank, each.key), reverse=True)


def _gains_by_meaning(
    candidates: Collection[Candidate], closeness: Mapping[int, Closeness], whole: float
) -> dict[int, float]:
    """What candidates gain by their meaning: the less the best of their language has of the words, the more."""
    best: dict[str, float] = {}
    for candidate in candidates:
        if near := closeness.get(candidate.key):
            best[near.language] = max(best.get(near.language, 0.0), candidate.score)
    return {
        key: CLOSENESS * max(0.0, 1 - best.get(near.language, 0.0) / whole) * near.share
        for key, near in closeness.items()
    }


def rarity(clause: QueryClause, frequencies: Frequencies) -> float:
    """The rarity of a clause by the most common of what it accepts."""
    return min(frequencies.rarity(each) for each in clause.alternatives)


def title_share(words: set[str], weights: Sequence[tuple[QueryClause, float]]) -> float:
    """How much of a query stands among the words of a title, from 0 to 1: rare ones are more of it than common ones."""
    total = sum(weight for _clause, weight in weights) or 1
    return (
        sum(weight for clause, weight in weights if any(words.issuperset(each) for each in clause.alternatives)) / total
    )
