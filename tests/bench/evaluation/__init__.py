"""Evaluation of relevance: queries with judged pages, and two measures of search results.

nDCG@10 compares the order of the first ten results with the best possible order; recall@10 is the share of the judged
pages among them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log2
from statistics import mean

DEPTH = 10

PageSearch = Callable[[str, int], list[str]]
"""Takes a query and a limit, returns the slugs of pages, best first."""


@dataclass(frozen=True)
class JudgedQuery:
    """A query with its relevant pages: a grade from 1 to 3 by slug."""

    language: str
    text: str
    grades: dict[str, int]


@dataclass(frozen=True)
class Score:
    judged: JudgedQuery
    ndcg: float
    recall: float
    found: tuple[str, ...]


def score(judged: JudgedQuery, found: Sequence[str]) -> Score:
    grades = [judged.grades.get(slug, 0) for slug in found[:DEPTH]]
    best = sorted(judged.grades.values(), reverse=True)[:DEPTH]
    retrieved = sum(1 for grade in grades if grade)
    return Score(judged, _gain(grades) / _gain(best), retrieved / min(len(judged.grades), DEPTH), tuple(found[:DEPTH]))


def _gain(grades: Iterable[int]) -> float:
    return sum((2.0**grade - 1) / log2(place + 2) for place, grade in enumerate(grades))


def scores(search: PageSearch, queries: Iterable[JudgedQuery]) -> list[Score]:
    return [score(judged, search(judged.text, DEPTH)) for judged in queries]


def means(scored: Sequence[Score]) -> tuple[float, float]:
    return mean(each.ndcg for each in scored), mean(each.recall for each in scored)
