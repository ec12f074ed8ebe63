"""The demo's landing page, from `content/landing.toml`."""

from collections.abc import Callable, Mapping
from typing import Any

from home.landing.shelves import LandingShelves
from home.models import StandardPage
from portal.demo.bodies import BodyBuilder
from portal.demo.reading import landing


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
