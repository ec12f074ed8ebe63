"""The editors' judged queries find their drafts; `judge_search --newsroom` prints all figures."""

import pytest

from tests.bench.evaluation import means, scores
from tests.bench.evaluation.newsroom import DATA, add_drafts, newsroom_search, queries
from tests.builders import make_member

pytestmark = pytest.mark.django_db
LEAST = 0.95


def test_editors_queries_find_their_drafts(lorraine, saar, monkeypatch):
    texts = {code: DATA["drafts"][code] for code in ("fr", "de")}
    monkeypatch.setitem(DATA, "drafts", texts)
    add_drafts({code: lorraine.sections[code] for code in texts})
    slugs = {slug for found in texts.values() for slug in found}
    judged = [each for each in queries() if slugs >= each.grades.keys()]
    scored = scores(newsroom_search(make_member("judge", is_superuser=True)), judged)
    assert len(scored) == 17
    assert means(scored)[1] >= LEAST


def test_there_are_forty_queries_in_three_languages():
    assert len(queries()) == 40
    assert set(DATA["drafts"]) == {"fr", "de", "en"}
