"""Builds landing pages, and reads them as a reader sees them."""

from typing import Any

from bs4 import BeautifulSoup
from wagtail.models import Page

from home.models import StandardPage
from tests.builders import SampleSite, make_standard_page

NO_PICTURE = {"image": None, "alt": "", "decorative": False}


def shelf(kind: str, /, **value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value}


def link(target: Page | str | None = None, label: str = "") -> dict[str, Any]:
    page = target.pk if isinstance(target, Page) else None
    return {"label": label, "page": page, "document": None, "url": target if isinstance(target, str) else ""}


def hero(title: str = "", **value: Any) -> dict[str, Any]:
    return shelf("hero", **{"title": title, "text": "", "picture": NO_PICTURE, "links": [], **value})


def card(title: str, target: Page | str | None = None, **value: Any) -> dict[str, Any]:
    return {"title": title, "picture": NO_PICTURE, "text": "", "link": link(target, "Lire" if target else ""), **value}


def cards(*entries: dict[str, Any], **value: Any) -> dict[str, Any]:
    return shelf("cards", **{"title": "Cartes", "cards": list(entries), **value})


def tabs(*texts: tuple[str, str]) -> dict[str, Any]:
    return shelf("tabs", title="Onglets", tabs=[{"title": title, "text": f"<p>{text}</p>"} for title, text in texts])


def person_shelf(person: Any, **value: Any) -> dict[str, Any]:
    facts = {"title": "Parlons-en", "text": "", "telephone": "03 00 00 00 00", "email": "", "link": link()}
    return shelf("person", **{**facts, "person": person.pk, **value})


def stories(**value: Any) -> dict[str, Any]:
    return shelf("stories", **{"title": "À lire", "count": 6, "section": None, "topic": None, "kind": "", **value})


def make_landing_page(ground: SampleSite, *shelves: dict[str, Any], **facts: Any) -> StandardPage:
    return make_standard_page(ground.home, facts.pop("title", "S’implanter"), shelves=list(shelves), **facts)


def read(ground: SampleSite, page: Page) -> BeautifulSoup:
    response = ground.reader().get(ground.address(page))
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser").main


def titles(html: BeautifulSoup) -> list[str]:
    return [title.get_text(strip=True) for title in html.select(".card__title")]
