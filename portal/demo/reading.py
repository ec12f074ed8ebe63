"""Reads the demo's content files."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"


@dataclass(frozen=True)
class DemoText:
    """The content file of a page; `facts` are its values."""

    site: str
    language: str
    slug: str
    facts: dict[str, Any]

    @property
    def kind(self) -> str:
        return self.facts["kind"]

    @property
    def listed_as(self) -> str:
        """The name of the text's format, or else of its kind."""
        chosen: str = self.facts.get("about", {}).get("format") or self.kind
        return chosen

    @property
    def original(self) -> str | None:
        """The slug of the text that this one translates."""
        return self.facts.get("translation_of")

    def __getitem__(self, name: str) -> Any:
        return self.facts[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.facts.get(name, default)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def network() -> dict[str, Any]:
    return _read(CONTENT / "network.toml")


@cache
def catalogue() -> dict[str, Any]:
    """The topics and the authors of the demo, by their keys."""
    return _read(CONTENT / "catalogue.toml")


@cache
def fronts() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """The shelves of the home pages, by site and language."""
    return _read(CONTENT / "fronts.toml")


@cache
def landing() -> dict[str, Any]:
    """The landing page, and its shelves."""
    return _read(CONTENT / "landing.toml")


@cache
def statutory_texts() -> dict[str, Any]:
    return _read(CONTENT / "statutory.toml")


def texts_of(site: str) -> list[DemoText]:
    """The content files of a site: originals before translations, events before stories, and stories before dossiers.

    A page is published after the pages that it refers to.
    """
    paths = sorted((CONTENT / site).glob("*/*.toml"))
    found = [DemoText(site, path.parent.name, path.stem, _read(path)) for path in paths]
    return sorted(
        found, key=lambda text: (text.original is not None, "days_ago" in text.facts, "chapters" in text.facts)
    )


@cache
def focal_points(site: str) -> dict[str, tuple[int, int, int, int]]:
    """The focal point of each picture of a site by its file name: x, y, width and height."""
    return {name: tuple(box) for name, box in _read(CONTENT / "pictures.toml")[site].items()}


def picture_file(site: str, name: str) -> Path:
    return CONTENT / "pictures" / site / name
