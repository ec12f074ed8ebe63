"""The judged queries are valid, the measures are correct, and sets of texts are removed afterwards."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from wagtail.models import Page

from portal.demo.reading import CONTENT
from tests.bench.evaluation.sets import demo_sets
from tests.bench.management.commands.judge_search import Command


@pytest.mark.parametrize("judged", demo_sets(), ids=lambda judged: judged.language)
def test_each_language_has_sixty_judged_queries_of_existing_pages(judged):
    [queries] = judged.rows.values()
    assert len(queries) >= 60
    pages = {path.stem for path in CONTENT.glob(f"*/{judged.language}/*.toml")}
    for query in queries:
        assert query.grades.keys() <= pages
        assert set(query.grades.values()) <= {1, 2, 3}


@pytest.mark.django_db
def test_set_of_texts_is_judged_beside_plain_bm25_and_leaves_nothing_behind(lorraine, tmp_path):
    documents = [
        {"id": "a", "title": "Le four", "text": "Un four chauffe le verre."},
        {"id": "b", "title": "Le bois", "text": "Une scierie coupe le bois."},
    ]
    forms = {"question": "Qui coupe le bois ?", "keywords": "coupe bois", "short": "bois", "typo": "scirie"}
    data = {"language": "fr", "docs": documents, "queries": [{**forms, "rel": ["b"]}]}
    (tmp_path / "fr.json").write_text(json.dumps(data))
    before, output = Page.objects.count(), StringIO()
    call_command(Command(), set=tmp_path, stdout=output)
    rows = [line.split() for line in output.getvalue().splitlines()[1:]]
    assert [row[:2] for row in rows] == [["fr", form] for form in forms]
    assert rows[0][3:] == ["1.000", "/", "1.000"] * 2
    assert rows[3][3:] == ["1.000", "/", "1.000", "0.000", "/", "0.000"]
    assert Page.objects.count() == before
