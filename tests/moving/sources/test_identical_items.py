"""Identical items become one page each, and a repeated import finds the same pages."""

import json
from pathlib import Path

import pytest
from wagtail.models import Locale, Page

from portal.moving.models import ImportedItem
from portal.moving.planning.survey import numbered
from portal.moving.running import Options, look_at, run
from portal.moving.sources.opening import records_of
from portal.moving.wordpress.records import Item
from tests.moving.exports import OLD, export, item

pytestmark = pytest.mark.usefixtures("newsroom", "english")
SAME = item("Un", "Texte", wp_id=1, link=f"{OLD}/x/")
FEED = "<item><title>Un</title><link>https://ancien.example/x</link><description>Texte</description></item>"
GHOST = {"title": "Un", "html": "<p>Texte</p>", "status": "published", "slug": "un"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xml", export(SAME, SAME, SAME)),
        ("a.xml", export(*[SAME.replace("<wp:post_id>1</wp:post_id>", "")] * 3)),
        ("a.csv", "Titre;Texte\n" + "Un;Texte\n" * 3),
        ("a.xml", f'<rss version="2.0"><channel><title>x</title><link>{OLD}</link>{FEED * 3}</channel></rss>'),
        ("a.json", json.dumps({"db": [{"data": {"posts": [GHOST] * 3}}]})),
    ],
    ids=["same number", "no number", "spreadsheet", "feed", "Ghost"],
)
def test_each_becomes_a_page_once(lorraine, saar, media, tmp_path, name, content):
    (tmp_path / name).write_text(content)
    for _time in range(2):
        bring(lorraine, tmp_path / name)

    assert Page.objects.filter(title="Un").count() == 3
    assert ImportedItem.objects.filter(kind="page").count() == 3


def test_many_are_numbered_in_one_pass(monkeypatch):
    made = []
    monkeypatch.setattr("portal.moving.planning.survey.stable_number", lambda name: made.append(name) or hash(name))

    keys = {
        record.wp_id for record in numbered(Item(kind="post", title="Un", status="publish") for _each in range(500))
    }

    assert len(keys) == 500
    assert len(made) < 1500


def bring(ground, path: Path) -> None:
    records, locale = records_of(path), Locale.objects.get(language_code="fr")
    survey, mapping = look_at(records, ground.site, locale)
    run(records, ground.site, locale, survey, mapping, Options())
