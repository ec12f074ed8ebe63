"""The order of results: relevance, with bonuses for title matches, recent pages and upcoming events."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from search.analysis import terms
from search.engines.base import Candidate, Frequencies
from search.meaning.near import Closeness
from search.models.entries import AFTER_TITLE, minute_of
from search.query.parse import QueryClause, QueryTerms

# Added to the relevance, which is between 0 and 1. The bonuses for titles and upcoming dates are divided by the number
# of words in the query, because many words are more specific.
IN_TITLE, EXACT_TITLE, RECENT, UPCOMING, PAST = 0.5, 2.0, 0.1, 0.2, -0.2
# A recent page only gets its whole bonus for a query that is this common. For rare words, the bonus only breaks ties.
# It halves after HALF_LIFE days.
COMMON, HALF_LIFE = 2.5, 365
# The bonus on sites that prefer new pages.
RECENT_PREFERRED, HALF_LIFE_PREFERRED = 1.2, 120
# The bonus of the page most similar in meaning, if no page in its language has any of the words. The more of the query
# the best page has, the smaller it is.
CLOSENESS = 1.5


class Ranked(NamedTuple):
    key: int
    rank: float


def rank_candidates(
    candidates: Collection[Candidate],
    typed: str,
    queries: Sequence[QueryTerms],
    frequencies: Frequencies,
    now: datetime,
    closeness: Mapping[int, Closeness] = MappingProxyType({}),
    *,
    prefers_new: bool = False,
) -> list[Ranked]:
    """The candidates, best first. `queries` are the terms of the typed query, one per language.

    `closeness` is the similarity in meaning by key; 0 for other candidates.
    """
    recent, half_life = (RECENT_PREFERRED, HALF_LIFE_PREFERRED) if prefers_new else (RECENT, HALF_LIFE)
    best = max((candidate.score for candidate in candidates), default=0)
    minute = int(now.timestamp()) // 60
    count = max(len(query.required) for query in queries)
    # A query without its optional words is incomplete.
    plain = [query for query in queries if not query.optional]
    exact = {" ".join(term for clause in query.required for term in clause.alternatives[0]) for query in plain}
    exact |= {" ".join(terms(typed, query.language)) for query in queries}
    weights = [[(clause, rarity(clause, frequencies)) for clause in query.required] for query in queries]
    words = {term for query in queries for clause in query.required for found in clause.alternatives for term in found}
    recent *= min(1, COMMON / max(sum(weight for _clause, weight in each) for each in weights))

    gains: dict[int, float] = {}
    if closeness:
        # The best page by words may have few of the words. A page with a similar meaning is then more relevant.
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
    """The bonuses for meaning. They are higher if the best page in their language has fewer of the words."""
    best: dict[str, float] = {}
    for candidate in candidates:
        if near := closeness.get(candidate.key):
            best[near.language] = max(best.get(near.language, 0.0), candidate.score)
    return {
        key: CLOSENESS * max(0.0, 1 - best.get(near.language, 0.0) / whole) * near.share
        for key, near in closeness.items()
    }


def rarity(clause: QueryClause, frequencies: Frequencies) -> float:
    return min(frequencies.rarity(each) for each in clause.alternatives)


def title_share(words: set[str], weights: Sequence[tuple[QueryClause, float]]) -> float:
    """The share of a query among a title's words, weighted by rarity."""
    total = sum(weight for _clause, weight in weights) or 1
    return (
        sum(weight for clause, weight in weights if any(words.issuperset(each) for each in clause.alternatives)) / total
    )
