"""Evaluation of relevance: queries with judged pages, and two measures of what a search function returns for them.

nDCG@10 compares the order of the first ten results with the best possible order; recall@10 is the share of the judged
pages among them.
"""

import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from statistics import mean

DEPTH = 10
FOLDER = Path(__file__).parent / "judged"

SearchFunction = Callable[[str, str], list[str]]
"""Takes a query and its language, returns the slugs found, best first."""


@dataclass(frozen=True)
class JudgedQuery:
    """A query with the pages that answer it: a grade from 1 to 3 by slug."""

    language: str
    kind: str
    text: str
    grades: dict[str, int]


@dataclass(frozen=True)
class Score:
    judged: JudgedQuery
    ndcg: float
    recall: float
    found: tuple[str, ...]


def judged_queries() -> list[JudgedQuery]:
    judged = []
    for path in sorted(FOLDER.glob("*.toml")):
        for kind, queries in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for text, pages in queries.items():
                pairs = (page.rsplit(" ", 1) for page in pages.split(", "))
                judged.append(JudgedQuery(path.stem, kind, text, {slug: int(grade) for slug, grade in pairs}))
    return judged


def score(judged: JudgedQuery, found: Sequence[str]) -> Score:
    grades = [judged.grades.get(slug, 0) for slug in found[:DEPTH]]
    best = sorted(judged.grades.values(), reverse=True)[:DEPTH]
    retrieved = sum(1 for grade in grades if grade)
    return Score(judged, _gain(grades) / _gain(best), retrieved / min(len(judged.grades), DEPTH), tuple(found[:DEPTH]))


def _gain(grades: Iterable[int]) -> float:
    return sum((2.0**grade - 1) / log2(place + 2) for place, grade in enumerate(grades))


def scores(search: SearchFunction, queries: Iterable[JudgedQuery]) -> list[Score]:
    return [score(judged, search(judged.text, judged.language)) for judged in queries]


def means(scored: Sequence[Score]) -> tuple[float, float]:
    """The mean nDCG@10 and recall@10."""
    return mean(each.ndcg for each in scored), mean(each.recall for each in scored)
