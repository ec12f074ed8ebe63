"""How tests look for something: by `find`, and as a reader who reads the answer."""

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from portal.core.serving.editions import Edition
from portal.core.serving.snapshot import snapshot_of
from search.find import Found, find
from search.query.criteria import Criteria
from tests.builders import Ground


def edition(ground: Ground) -> Edition:
    frame = snapshot_of(ground.site.hostname, str(ground.site.port))
    assert frame
    return frame.editions[ground.language]


def look(ground: Ground, q: str, **facts: Any) -> Found:
    return find(edition(ground), Criteria(q, **facts), timezone.now())


def titles(ground: Ground, q: str, **facts: Any) -> list[str]:
    """The titles that are found, without the marks in them."""
    found = look(ground, q, **facts)
    return [BeautifulSoup(result.title, "html.parser").text for result in found.results]


def counts(found: Found, name: str) -> dict[str, int]:
    """The choices of a facet with their numbers."""
    return {choice.label: choice.count for facet in found.facets if facet.name == name for choice in facet.choices}


def ask(reader: Client, q: str, path: str = "/fr/recherche/", **params: str) -> Any:
    return reader.get(path, {"q": q, **params})


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")
