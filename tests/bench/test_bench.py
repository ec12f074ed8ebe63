"""The bench's queries and figures, and their comparison with earlier ones."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client

from tests.bench import newsroom
from tests.bench.evaluation.newsroom import queries as judged_queries
from tests.bench.figures import Figures
from tests.bench.queries import queries_of, sample_queries
from tests.bench.samples import samples, search_samples
from tests.builders import make_article

# The most expensive one: a search whose words are corrected.
MAX_QUERIES = 47
# Most of the queries are those of Wagtail's own editor; tests/editorial/editor/test_form_queries.py has budgets.
MAX_QUERIES_TO_EDIT = 122

# Of a thousand stories, half contain one word, and each title has a word that no other story has.
STORIES = [
    (
        [f"Rarement{chr(97 + number % 26)}{chr(97 + number // 26 % 26)}{chr(97 + number // 676)}", "forge", "vive"],
        ["partout", *(["commun"] if number % 2 else [])],
    )
    for number in range(1000)
]


def test_common_words_occur_in_a_third_to_two_thirds_of_the_stories():
    found = sample_queries(STORIES)
    assert found["common word"] == ["commun"]
    assert len(found["rare word"]) == 20
    assert all(word.startswith("rarement") for word in found["rare word"])


@pytest.mark.django_db
def test_words_come_only_from_stories_of_the_largest_home_page(lorraine, saar):
    text = [{"type": "paragraph", "value": "<p>Un <b>fourneau</b> éteint</p>"}]
    for number in range(4):
        make_article(lorraine.section, f"Récit {number}", body=text if number % 2 else [])
    make_article(saar.sections["fr"], "Un laminoir d’ailleurs")
    common = queries_of(lorraine.home)["common word"]
    assert {"éteint", "fourneau"} <= set(common)
    assert not {"laminoir", "paragraph", "récit"} & set(common)
    constant, *queried = search_samples()
    assert constant.name == "constant view"
    assert {sample.host.split(":")[0] for sample in queried} == {lorraine.host}
    assert [path for sample in queried for path in sample.paths if "q=fourneau" in path] == [
        "/fr/bench-count/?q=fourneau",
        "/fr/recherche/?q=fourneau",
    ]


def figures(p95: float) -> list[Figures]:
    return [
        Figures("constant view", queries=0, median=1, p95=1, processor=1, database=None, size=10),
        Figures("search", queries=8, median=20, p95=p95, processor=9, database=2, size=9000),
    ]


@pytest.mark.django_db
def test_newsroom_is_measured_with_three_temporary_users(lorraine, monkeypatch):
    monkeypatch.setattr("tests.bench.direct.MIN_REQUESTS", 2)
    monkeypatch.setattr(newsroom, "ROUNDS", 1)
    monkeypatch.setattr(newsroom, "judged_queries", lambda: judged_queries()[:2])
    before = set(get_user_model().objects.values_list("username", flat=True)), Group.objects.count()

    constant, *measured = newsroom.measure(0.001)

    assert constant.name == "constant view"
    whose = {figures.name.split(":")[0] for figures in measured}
    assert whose == {"editor", "siteadmin", "network"}
    most = {figures.name: MAX_QUERIES_TO_EDIT if "editing" in figures.name else MAX_QUERIES for figures in measured}
    assert {figures.name for figures in measured if figures.queries > most[figures.name]} == set()
    assert (set(get_user_model().objects.values_list("username", flat=True)), Group.objects.count()) == before


@pytest.mark.django_db
def test_pages_are_compared_with_an_empty_page(lorraine, settings):
    settings.ROOT_URLCONF = "tests.bench.serving.urls"
    empty = next(sample for sample in samples() if sample.name == "empty page")

    response = Client(headers={"host": empty.host}).get(empty.paths[0])

    assert response.content.decode() == f"<!doctype html><title>{lorraine.section.title}</title>"
