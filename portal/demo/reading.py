"""Reads the demo's content files."""

import tomllib
from collections.abc import Iterator
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


def pieces(site: str) -> list[DemoText]:
    """The texts of a site, originals before translations and events before recaps."""
    found = [
        DemoText(site, path.parent.name, path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted((CONTENT / site).glob("*/*.toml"))
    ]
    return sorted(found, key=lambda piece: (piece.original is not None, piece.kind != "event"))


def pictures_of(site: str) -> Iterator[tuple[str, str]]:
    """The scene and seed of every picture of a site, in the order in which `SiteLoader` uses them."""
    originals = [piece for piece in pieces(site) if piece.original is None]
    for piece in originals:
        yield piece["picture"], piece.slug
    for piece in pieces(site):
        for number, block in enumerate(piece.get("body", [])):
            if "picture" in block:
                yield block["picture"], f"{piece.slug}:{number}"
            for n, picture in enumerate(block.get("images", [])):
                yield picture["picture"], f"{piece.slug}:{number}.{n}"
