"""Reads pages and lists as readers see them."""

from typing import Any

from bs4 import BeautifulSoup

from tests.builders import SampleSite


def read(ground: SampleSite, page: Any, status: int = 200) -> BeautifulSoup:
    """The HTML of a page or a path."""
    response = ground.reader().get(page if isinstance(page, str) else ground.address(page))
    assert response.status_code == status, page
    return BeautifulSoup(response.content, "html.parser")


def titles(ground: SampleSite, path: str) -> list[str]:
    """The titles of the events in a list."""
    shown = read(ground, path).select("main .list .event-row__title")
    return [title.get_text(strip=True).replace("\u00a0", " ") for title in shown]
