"""Reads the demo's content files."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"


@dataclass(frozen=True)
class DemoText:
    """A page of the demo; `facts` is its content file."""

    site: str
    language: str
    slug: str
    facts: dict[str, Any]

    @property
    def kind(self) -> str:
        return self.facts["kind"]

    @property
    def original(self) -> str | None:
        """The slug of the text that this one translates."""
        return self.facts.get("translation_of")

    def __getitem__(self, name: str) -> Any:
        return self.facts[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.facts.get(name, default)


@cache
def network() -> dict[str, Any]:
    return tomllib.loads((CONTENT / "network.toml").read_text(encoding="utf-8"))


@cache
def catalogue() -> dict[str, Any]:
    """The topics and the authors of the demo, by their keys."""
    return tomllib.loads((CONTENT / "catalogue.toml").read_text(encoding="utf-8"))


@cache
def statutory() -> dict[str, Any]:
    return tomllib.loads((CONTENT / "statutory.toml").read_text(encoding="utf-8"))


def pieces(site: str) -> list[DemoText]:
    """The texts of a site, originals before translations and events before recaps."""
    found = [
        DemoText(site, path.parent.name, path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted((CONTENT / site).glob("*/*.toml"))
    ]
    return sorted(found, key=lambda piece: (piece.original is not None, piece.kind != "event"))


@cache
def focal_points(site: str) -> dict[str, tuple[int, int, int, int]]:
    """The x, y, width and height of what matters in each picture of a site, by the name of its file."""
    table = tomllib.loads((CONTENT / "pictures.toml").read_text(encoding="utf-8"))
    return {name: tuple(box) for name, box in table[site].items()}


def picture_file(site: str, name: str) -> Path:
    return CONTENT / "pictures" / site / name
