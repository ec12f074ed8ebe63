"""The pictures named in the demo's content files."""

from collections.abc import Iterator

from portal.demo.reading import DemoText


def pictures_of(piece: DemoText) -> Iterator[str]:
    """The files of all pictures in a text, beginning with the lead image."""
    if "picture" in piece.facts:
        yield piece["picture"]
    for block in piece.get("body", []):
        if "picture" in block:
            yield block["picture"]
        for picture in block.get("images", []):
            yield picture["picture"]
