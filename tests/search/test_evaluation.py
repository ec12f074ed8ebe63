"""The judged queries are well formed, and the measures are right."""

import pytest

from portal.demo.reading import CONTENT
from search.evaluation import JudgedQuery, means, score, scores
from search.evaluation.sets import demo_sets

QUERY = JudgedQuery("fr", "x", {"best": 3, "good": 2})


@pytest.mark.parametrize("judged", demo_sets(), ids=lambda judged: judged.language)
def test_each_language_has_sixty_judged_queries_of_existing_pages(judged):
    [queries] = judged.rows.values()
    assert len(queries) >= 60
    pages = {path.stem for path in CONTENT.glob(f"*/{judged.language}/*.toml")}
    for query in queries:
        assert query.grades.keys() <= pages
        assert set(query.grades.values()) <= {1, 2, 3}


def test_worse_orders_score_less_and_results_after_the_tenth_do_not_count():
    assert score(QUERY, ["best", "good"]).ndcg == score(QUERY, ["best", "good", "bad"]).recall == 1
    ndcg = [score(QUERY, order).ndcg for order in (["good", "best"], ["bad", "best", "good"], ["bad"])]
    assert 1 > ndcg[0] > ndcg[1] > ndcg[2] == 0
    assert score(QUERY, ["best"]).recall == 0.5
    assert score(QUERY, [*"abcdefghij", "best"]).ndcg == 0


def test_means_are_over_all_queries():
    found = scores(lambda query, limit: ["best", "good"], [QUERY, QUERY])
    assert means(found) == pytest.approx((1, 1))
