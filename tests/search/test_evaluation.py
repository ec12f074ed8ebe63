"""The judged questions are well formed, and the numbers say what they should."""

from collections import Counter

import pytest

from portal.demo.reading import CONTENT
from search.evaluation import Judged, judged_questions, means, score, scores

QUESTION = Judged("fr", "names", "x", {"best": 3, "good": 2})


def test_there_are_sixty_questions_in_each_language_and_no_page_is_unknown():
    questions = judged_questions()
    assert min(Counter(each.language for each in questions).values()) >= 60
    for each in questions:
        known = {path.stem for path in CONTENT.glob(f"*/{each.language}/*.toml")}
        assert each.grades.keys() <= known
        assert set(each.grades.values()) <= {1, 2, 3}


def test_best_order_scores_one():
    assert score(QUESTION, ["best", "good"]).ndcg == score(QUESTION, ["best", "good", "bad"]).recall == 1


def test_worse_orders_score_less():
    ndcg = [score(QUESTION, order).ndcg for order in (["good", "best"], ["bad", "best", "good"], ["bad"])]
    assert 1 > ndcg[0] > ndcg[1] > ndcg[2] == 0
    assert score(QUESTION, ["best"]).recall == 0.5


def test_what_stands_below_the_tenth_does_not_count():
    assert score(QUESTION, [*"abcdefghij", "best"]).ndcg == 0


def test_means_are_over_all_questions():
    found = scores(lambda question, language: ["best", "good"], [QUESTION, QUESTION])
    assert means(found) == pytest.approx((1, 1))
