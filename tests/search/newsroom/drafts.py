"""Drafts for tests of the newsroom search, and the results for a person."""

from typing import Any

from wagtail.models import Page

from articles.models import ArticlePage
from search.indexes import DRAFTS
from search.indexing.index import index_keys
from search.newsroom.find import Filters, search_pages
from tests.search.searching import paragraph


def draft(parent: Page, title: str, words: str = "", owner: Any = None, **facts: Any) -> ArticlePage:
    """An article that was never published, with these words in its latest version only."""
    page = ArticlePage(title="Titre provisoire", locale=parent.locale, owner=owner, live=False)
    parent.add_child(instance=page)
    return rewrite(page, title=title, body=paragraph(words), user=owner, **facts)


def rewrite[P: Page](page: P, user: Any = None, **facts: Any) -> P:
    """Save a new version of a page as a draft, and index it as its commit would."""
    page = type(page).objects.get(pk=page.pk).get_latest_revision_as_object()
    for name, value in facts.items():
        setattr(page, name, value)
    page.save_revision(user=user)
    index_pages(page)
    return type(page).objects.get(pk=page.pk)


def with_topic[P: Page](page: P, topic: Any) -> P:
    """Save a version with another topic."""
    page.page_topics.add(page.page_topics.model(topic=topic))
    page.save_revision()
    index_pages(page)
    return page


def index_pages(*pages: Page) -> None:
    index_keys([page.pk for page in pages], DRAFTS)


def found(person: Any, words: str, filters: Filters | None = None) -> list[str]:
    """The titles of the drafts that a person finds, best first."""
    return [page.draft_title for page in search_pages(person, words, filters or Filters())]
