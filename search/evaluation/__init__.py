"""How good the answers are: a set of judged questions, and two numbers for what an engine makes of them.

nDCG@10 says how near the order of the first ten is to the best one, recall@10 how many of the good answers are among
them.
"""

import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from statistics import mean

DEPTH = 10
FOLDER = Path(__file__).parent / "judged"

Answer = Callable[[str, str], list[str]]
"""From a question and its language to the slugs that are found, the best first."""


@dataclass(frozen=True)
class Judged:
    language: str
    kind: str
    question: str
    grades: dict[str, int]


@dataclass(frozen=True)
class Score:
    judged: Judged
    ndcg: float
    recall: float
    found: tuple[str, ...]


def judged_questions() -> list[Judged]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        for kind, questions in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for question, answers in questions.items():
                pairs = (answer.rsplit(" ", 1) for answer in answers.split(", "))
                found.append(Judged(path.stem, kind, question, {slug: int(grade) for slug, grade in pairs}))
    return found


def score(judged: Judged, found: Sequence[str]) -> Score:
    grades = [judged.grades.get(slug, 0) for slug in found[:DEPTH]]
    best = sorted(judged.grades.values(), reverse=True)[:DEPTH]
    reached = sum(1 for grade in grades if grade)
    return Score(judged, _gain(grades) / _gain(best), reached / min(len(judged.grades), DEPTH), tuple(found[:DEPTH]))


def _gain(grades: Iterable[int]) -> float:
    return sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades))


def scores(answer: Answer, questions: Iterable[Judged]) -> list[Score]:
    return [score(judged, answer(judged.question, judged.language)) for judged in questions]


def means(found: Sequence[Score]) -> tuple[float, float]:
    """The mean nDCG@10 and recall@10."""
    return mean(each.ndcg for each in found), mean(each.recall for each in found)
