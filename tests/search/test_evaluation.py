"""The judged queries are well formed, and the measures are right."""

from collections import Counter

import pytest

from portal.demo.reading import CONTENT
from search.evaluation import JudgedQuery, judged_queries, means, score, scores

QUERY = JudgedQuery("fr", "names", "x", {"best": 3, "good": 2})


def test_each_language_has_sixty_judged_queries_of_known_pages():
    queries = judged_queries()
    assert min(Counter(each.language for each in queries).values()) >= 60
    for each in queries:
        known = {path.stem for path in CONTENT.glob(f"*/{each.language}/*.toml")}
        assert each.grades.keys() <= known
        assert set(each.grades.values()) <= {1, 2, 3}


def test_best_order_scores_one():
    assert score(QUERY, ["best", "good"]).ndcg == score(QUERY, ["best", "good", "bad"]).recall == 1


def test_worse_orders_score_less():
    ndcg = [score(QUERY, order).ndcg for order in (["good", "best"], ["bad", "best", "good"], ["bad"])]
    assert 1 > ndcg[0] > ndcg[1] > ndcg[2] == 0
    assert score(QUERY, ["best"]).recall == 0.5


def test_results_after_the_tenth_do_not_count():
    assert score(QUERY, [*"abcdefghij", "best"]).ndcg == 0


def test_means_are_over_all_queries():
    found = scores(lambda query, language: ["best", "good"], [QUERY, QUERY])
    assert means(found) == pytest.approx((1, 1))
