"""Search for tests: with `find`, and through the results page."""

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from portal.content.serving.editions import Edition
from portal.content.serving.snapshot import snapshot_of
from search.find import find
from search.query.criteria import Criteria
from search.results.search_results import SearchResults
from tests.builders import SampleSite, make_article

# Nine words that differ from *chevalemetn* as little as *chevalement* does, and sort before it.
AS_CLOSE = (
    *("cehvalemetn", "cgevalemetn", "cheavlemetn", "chebalemetn", "checalemetn", "chevaelmetn", "chevakemetn"),
    *("chevaleemtn", "chevaleletn"),
)


def edition(ground: SampleSite) -> Edition:
    snapshot = snapshot_of(ground.site.hostname, str(ground.site.port))
    assert snapshot
    return snapshot.editions[ground.language]


def paragraph(words: str) -> list[dict[str, str]]:
    return [{"type": "paragraph", "value": f"<p>{words}</p>"}]


def stories(ground: SampleSite, *titles: str, language: str = "") -> list[Page]:
    """Articles with these titles, in the language of the site unless `language` is given."""
    return [make_article(ground.sections[language or ground.language], title) for title in titles]


def text(ground: SampleSite, title: str, words: str, **facts: Any) -> Page:
    """An article with these words in its body."""
    return make_article(ground.section, title, body=paragraph(words), **facts)


def search(ground: SampleSite, q: str, **criteria: Any) -> SearchResults:
    return find(edition(ground), Criteria(q, **criteria), timezone.now())


def titles(ground: SampleSite, q: str, **criteria: Any) -> list[str]:
    """The titles of the results, without highlighting."""
    found = search(ground, q, **criteria)
    return [BeautifulSoup(result.title, "html.parser").text for result in found.page_results]


def outcome(ground: SampleSite, q: str) -> tuple[int, str, str]:
    """The number of results, the correction and the proposed query."""
    found = search(ground, q)
    return found.total, found.correction, found.suggestion


def counts(found: SearchResults, name: str) -> dict[str, int]:
    """The number of results for each of a facet's choices, by label."""
    return {choice.label: choice.count for facet in found.facets if facet.name == name for choice in facet.choices}


def get_results(reader: Client, q: str, path: str = "/fr/recherche/", **params: str) -> Any:
    return reader.get(path, {"q": q, **params})


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def page_of(reader: Client, q: str, path: str = "/fr/recherche/", **params: str) -> BeautifulSoup:
    return soup(get_results(reader, q, path, **params))


def shown(page: BeautifulSoup, place: str = ".search__results") -> list[str]:
    """The titles of the results in an element of the page."""
    return [each.text for each in page.select(f"{place} .result__title")]


def dated(page: BeautifulSoup) -> list[str]:
    """The titles of the events above the results."""
    return shown(page, "section[aria-labelledby=dated-title]")


def near_words(page: BeautifulSoup) -> set[str]:
    """The words and names offered on a page without results."""
    return {link.text for link in page.select(".search__ways a")}
