"""The sets of judged queries: the demo network's, and those of a folder with its own documents.

A folder has a JSON file for each language: `docs` (`id`, `title`, `text`), `queries` (`question`, `keywords`, `short`,
`typo`, and in `rel` the ids of the relevant documents) and optionally `faq`. `words` has pairs of a query and the ids
of its answers, by row name. With `readers_language`, readers of that language search in all languages.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.utils.html import escape
from django.utils.text import slugify
from wagtail.models import Page

from articles.models import ArticlePage
from portal.content.pages.pages import PortalPage
from search.indexing.index import indexed_together
from tests.bench.evaluation import JudgedQuery

FORMS = {"queries": ("question", "keywords", "short", "typo"), "faq": ("question", "keywords")}
# Documents are dated in turn over this many days, so that the newest are not the relevant ones.
DAYS = 3 * 365
HALVES = {"tune": 0, "report": 1}

FOLDER = Path(__file__).parent
DEMO = FOLDER / "judged"
# Our own texts, with compounds, hyphens and irregular forms.
WORDS = FOLDER / "words"
# German stories, and French questions that they answer.
ACROSS = FOLDER / "across"


@dataclass(frozen=True)
class JudgedSet:
    """The documents and queries of one language; `rows` has the queries by row name."""

    language: str
    documents: Sequence[dict[str, str]]
    rows: Mapping[str, Sequence[JudgedQuery]]
    readers_language: str

    def half(self, name: str) -> "Mapping[str, Sequence[JudgedQuery]]":
        return {row: queries[HALVES[name] :: 2] if name else queries for row, queries in self.rows.items()}

    def load(self, parent: Page, now: datetime) -> None:
        """Create articles below a page for documents that the site lacks."""
        existing = set(parent.get_children().values_list("slug", flat=True))
        with indexed_together():
            for number, document in enumerate(self.documents):
                if (slug := slug_of(self.language, document["id"])) in existing:
                    continue
                text = "".join(f"<p>{escape(line)}</p>" for line in document["text"].splitlines() if line.strip())
                date = now - timedelta(days=1 + number * 7919 % DAYS)
                article = ArticlePage(title=document["title"][:255], slug=slug, locale=parent.locale)
                article.body = [("paragraph", text)]
                article.publication_date = article.first_published_at = date
                parent.add_child(instance=article)


def slug_of(language: str, document: str) -> str:
    return slugify(f"{language}-{document}")


def demo_sets() -> list[JudgedSet]:
    found = []
    for path in sorted(DEMO.glob("*.toml")):
        queries = []
        for of_kind in tomllib.loads(path.read_text(encoding="utf-8")).values():
            for text, pages in of_kind.items():
                grades = dict(page.rsplit(" ", 1) for page in pages.split(", "))
                queries.append(JudgedQuery(path.stem, text, {slug: int(grade) for slug, grade in grades.items()}))
        found.append(JudgedSet(path.stem, (), {"demo": queries}, path.stem))
    return found


def sets_in(folder: Path) -> list[JudgedSet]:
    found = []
    for path in sorted(folder.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        pairs = {
            f"{name} {form}".removeprefix("queries "): [(each[form], each["rel"]) for each in data[name]]
            for name, forms in FORMS.items()
            if data.get(name)
            for form in forms
        }
        pairs |= {name: [(text, rel.split()) for text, rel in of] for name, of in data.get("words", {}).items()}
        language = data["language"]
        rows = {
            name: [JudgedQuery(language, text, {slug_of(language, each): 1 for each in rel}) for text, rel in of]
            for name, of in pairs.items()
        }
        found.append(JudgedSet(language, data["docs"], rows, data.get("readers_language", language)))
    return found


def place_for(home: Page) -> Page:
    """The first section below a home page, or the home page itself."""
    pages = (page.specific for page in home.get_children().live().order_by("path"))
    return next((page for page in pages if isinstance(page, PortalPage) and page.is_section), home)
