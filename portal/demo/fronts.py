"""Builds the shelves of the demo's home pages from `content/fronts.toml`, and the landing page from `landing.toml`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from home.landing.shelves import LandingShelves
from home.models import StandardPage
from portal.demo.bodies import BodyBuilder
from portal.demo.reading import landing

# Values that a place on a shelf of chosen stories has unless the file gives others.
PLACE: dict[str, Any] = {"headline": "", "kicker": "", "teaser": "", "picture": "own", "image": None}


@dataclass
class FrontBuilder:
    """The shelves of one edition.

    `section`, `page`, `image` and `venue` return primary keys by key, slug, file name and name.

    `words` are the edition's texts in `network.toml`.
    """

    words: dict[str, Any]
    partners: list[str]
    contact: int
    now: datetime
    section: Callable[[str], int | None]
    page: Callable[[str], int | None]
    image: Callable[[str], int]
    venue: Callable[[str], int]

    def shelves(self, items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield raw stream data. Shelves of sections that this edition lacks are left out."""
        for facts in items:
            kind, given = facts["type"], {name: fact for name, fact in facts.items() if name != "type"}
            if value := self._value(kind, given):
                yield {"type": kind, "value": value}

    def _value(self, kind: str, facts: dict[str, Any]) -> dict[str, Any] | None:
        if kind == "chosen":
            return {"title": "", **facts, "places": [self._place(**place) for place in facts["places"]]}
        if kind == "breaking":
            ends_at = self.now + timedelta(hours=facts["hours"])
            return {
                "label": "",
                "text": facts["text"],
                "link": self._link(facts["page"], facts["link"]),
                "ends_at": ends_at.isoformat(),
            }
        if kind == "section":
            section = self.section(facts["section"])
            return {**facts, "section": section} if section else None
        if kind == "call_to_action":
            title, text, label = self.words["action"]
            return {"title": title, "text": text, "link": {"label": label, "page": self.contact, "url": ""}}
        if kind == "partners":
            partners = [{"name": name, "logo": None, "url": ""} for name in self.partners]
            return {"title": self.words["partners"], "partners": partners}
        if name := facts.pop("around", None):
            facts["place"] = self.venue(name)
        return {"title": self.words.get(kind, ""), **facts}

    def _place(self, story: str = "", links: list[str] | None = None, **facts: Any) -> dict[str, Any]:
        quote = {"text": "", "who": "", "portrait": None, **facts.pop("quote", {})}
        if name := quote["portrait"]:
            quote["portrait"] = self.image(name)
        return {
            **PLACE,
            **facts,
            "story": self._page(story) if story else None,
            "quote": quote,
            "links": [self._link(slug) for slug in links or []],
        }

    def _link(self, slug: str, label: str = "") -> dict[str, Any]:
        return {"label": label, "page": self._page(slug), "document": None, "url": ""}

    def _page(self, slug: str) -> int:
        """Raises ValueError for a slug that the edition does not have."""
        if (key := self.page(slug)) is None:
            raise ValueError(f"No page of this edition has the slug {slug!r}.")
        return key


def landing_page(
    site: str, language: str, builder: BodyBuilder, person: Callable[[str], int], section: Callable[[str], int | None]
) -> StandardPage | None:
    """The landing page of an edition; None if the demo has none for it."""
    facts = landing()["page"]
    if (facts["site"], facts["language"]) != (site, language):
        return None
    keys = {"person": person, "section": section}
    shelves = [_with_keys(shelf, keys) for shelf in landing()["shelves"]]
    return StandardPage(
        title=facts["title"],
        slug=facts["slug"],
        introduction=facts["introduction"],
        search_description=facts["introduction"],
        shelves=builder.stream(shelves, LandingShelves()),
        show_in_menus=False,
    )


def _with_keys(shelf: dict[str, Any], keys: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    return {name: keys[name](value) if name in keys else value for name, value in shelf.items()}
