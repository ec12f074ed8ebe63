"""Search in tests: with `find`, and as a reader who gets the results page."""

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from portal.content.serving.editions import Edition
from portal.content.serving.snapshot import snapshot_of
from search.find import find
from search.query.criteria import Criteria
from search.results.search_results import SearchResults
from tests.builders import Ground


def edition(ground: Ground) -> Edition:
    snapshot = snapshot_of(ground.site.hostname, str(ground.site.port))
    assert snapshot
    return snapshot.editions[ground.language]


def search(ground: Ground, q: str, **criteria: Any) -> SearchResults:
    return find(edition(ground), Criteria(q, **criteria), timezone.now())


def titles(ground: Ground, q: str, **criteria: Any) -> list[str]:
    """The titles of the results, without highlighting."""
    found = search(ground, q, **criteria)
    return [BeautifulSoup(result.title, "html.parser").text for result in found.page_results]


def counts(found: SearchResults, name: str) -> dict[str, int]:
    """The number of results by label of each choice of a facet."""
    return {choice.label: choice.count for facet in found.facets if facet.name == name for choice in facet.choices}


def get_results(reader: Client, q: str, path: str = "/fr/recherche/", **params: str) -> Any:
    return reader.get(path, {"q": q, **params})


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")
