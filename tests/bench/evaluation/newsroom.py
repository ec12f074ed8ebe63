"""The editors' judged queries: adds drafts to the demo network and searches all of its pages."""

import tomllib
from pathlib import Path
from typing import Any

from wagtail.models import Page

from articles.models import ArticlePage
from search.indexes import DRAFTS
from search.indexing.index import index_keys
from search.newsroom.find import search_pages
from tests.bench.evaluation import DEPTH, JudgedQuery, PageSearch

FILE = Path(__file__).parent / "newsroom.toml"
DATA = tomllib.loads(FILE.read_text(encoding="utf-8"))


def queries() -> list[JudgedQuery]:
    return [JudgedQuery("", text, dict.fromkeys(slugs.split(), 1)) for text, slugs in DATA["queries"].items()]


def add_drafts(places: dict[str, Page]) -> None:
    """Add the drafts below the section of their language, and a paragraph to the newest version of published pages."""
    written = []
    for language, texts in DATA["drafts"].items():
        for slug, (title, text) in texts.items():
            page = ArticlePage(title=title, slug=slug, locale=places[language].locale, live=False)
            page.body = [("paragraph", f"<p>{text}</p>")]
            places[language].add_child(instance=page)
            written.append(page)
    for slug, text in DATA["changed"].items():
        if page := Page.objects.filter(slug=slug).first():
            version = page.specific.get_latest_revision_as_object()
            version.body.append(("paragraph", f"<p>{text}</p>"))
            written.append(version)
    for page in written:
        page.save_revision()
    index_keys([page.pk for page in written], DRAFTS)


def newsroom_search(person: Any) -> PageSearch:
    def search(query: str, limit: int) -> list[str]:
        return [page.slug for page in search_pages(person, query)[: min(limit, DEPTH)]]

    return search
