"""Questions on texts that nobody here wrote: read from a folder, loaded as articles, judged beside plain BM25.

The folder has one JSON file per language: `docs` (`id`, `title`, `text`), `queries` (`question`, `keywords`, `short`,
`typo`, and in `rel` the ids of the documents that answer) and perhaps `faq`. `words` has pairs of a query and the ids
of what answers it, by the name of their row. With `asked_in`, readers of that language ask, in all languages.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.html import escape
from django.utils.text import slugify
from wagtail.models import Page

from articles.models import ArticlePage
from portal.content.pages.pages import PortalPage
from search.evaluation import DEPTH, JudgedQuery, Score, scores
from search.evaluation.baseline import BM25
from search.indexing.index import indexed_together
from search.models import EntryText

FORMS = ("question", "keywords", "short", "typo")
FAQ_FORMS = ("question", "keywords")
# The documents are dated in turn over so many days, so that the newest are not the right ones.
DAYS = 3 * 365
HALVES = {"tune": 0, "report": 1}

# Our own texts, with what the stemmers and the spaces of a text leave open: compounds, hyphens, irregular forms.
WORDS = Path(__file__).parent / "words"
# German stories, and French questions that they answer.
ACROSS = Path(__file__).parent / "across"

PageSearch = Callable[[str, int], list[int]]
"""Takes a query and a limit, returns the primary keys of pages, best first."""


@dataclass(frozen=True)
class OutsideSet:
    """The documents and questions of one language."""

    language: str
    documents: Sequence[dict[str, str]]
    questions: Sequence[dict[str, Any]]
    faq: Sequence[dict[str, Any]]
    words: Mapping[str, Sequence[tuple[str, str]]]
    asked_in: str

    def slug(self, document: str) -> str:
        return slugify(f"{self.language}-{document}")

    def rows(self, half: str = "") -> Iterator[tuple[str, list[JudgedQuery]]]:
        """For each way of asking its name and its queries: all of them, or every other one."""
        for form in FORMS if self.questions else ():
            yield form, self._judged(form, self.questions, half)
        for form in FAQ_FORMS if self.faq else ():
            yield f"faq {form}", self._judged(form, self.faq, half)
        for name, pairs in self.words.items():
            asked = [{"word": query, "rel": answers.split()} for query, answers in pairs]
            yield name, self._judged("word", asked, half)

    def _judged(self, form: str, questions: Sequence[dict[str, Any]], half: str) -> list[JudgedQuery]:
        chosen = questions[HALVES[half] :: 2] if half else questions
        return [
            JudgedQuery(self.language, form, each[form], {self.slug(document): 1 for document in each["rel"]})
            for each in chosen
        ]

    def load(self, parent: Page, now: datetime) -> None:
        """Add the documents that the site does not have as articles below a page."""
        known = set(parent.get_children().values_list("slug", flat=True))
        with indexed_together():
            for number, document in enumerate(self.documents):
                if (slug := self.slug(document["id"])) in known:
                    continue
                text = "".join(f"<p>{escape(line)}</p>" for line in document["text"].splitlines() if line.strip())
                date = now - timedelta(days=1 + number * 7919 % DAYS)
                article = ArticlePage(title=document["title"][:255], slug=slug, locale=parent.locale)
                article.body = [("paragraph", text)]
                article.publication_date = article.first_published_at = date
                parent.add_child(instance=article)


def outside_sets(folder: Path) -> list[OutsideSet]:
    found = []
    for path in sorted(folder.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        found.append(
            OutsideSet(
                data["language"],
                data["docs"],
                data.get("queries", ()),
                data.get("faq", ()),
                data.get("words", {}),
                data.get("asked_in", data["language"]),
            )
        )
    return found


def place_for(home: Page) -> Page:
    """The first section below a home page, or the home page itself."""
    pages = (page.specific for page in home.get_children().live().order_by("path"))
    return next((page for page in pages if isinstance(page, PortalPage) and page.is_section), home)


def baseline(language: str) -> PageSearch:
    """Plain BM25 over everything in the index in this language."""
    columns = ("entry_id", "title", "summary", "names", "text")
    rows = EntryText.objects.filter(language=language).values_list(*columns)
    return BM25({key: " ".join(parts) for key, *parts in rows.iterator()}, language).search


def judged(search: PageSearch, queries: Sequence[JudgedQuery]) -> list[Score]:
    """How well a search answers each of the queries."""

    def slugs(query: str, language: str) -> list[str]:
        keys = search(query, DEPTH)
        names = dict(Page.objects.filter(pk__in=keys).values_list("pk", "slug"))
        return [names[key] for key in keys]

    return scores(slugs, queries)
