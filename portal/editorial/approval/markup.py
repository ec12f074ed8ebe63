"""Finds links and images in rich text as stored by Wagtail. Looks up no pages or documents."""

from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

HIGHEST_KEY = 2**31 - 1


@dataclass(frozen=True)
class MarkupReference:
    """A link or image. `kind` is page, document, image or address; `text` is the link text or alternative text."""

    kind: str
    key: int | None
    address: str
    text: str


def markup_references(html: str) -> list[MarkupReference]:
    """Return all links and images in text order."""
    found = BeautifulSoup(html, "html.parser").find_all(["a", "embed"])
    return [_reference(tag) for tag in found if tag.name == "a" or tag.get("embedtype") == "image"]


def _reference(tag: Tag) -> MarkupReference:
    key = str(tag.get("id", ""))
    number = int(key) if key.isascii() and key.isdecimal() and len(key) < 20 and int(key) <= HIGHEST_KEY else None
    if tag.name == "embed":
        return MarkupReference("image", number, "", str(tag.get("alt", "")))
    kind = str(tag.get("linktype", ""))
    kind = kind if kind in ("page", "document") else "address"
    return MarkupReference(kind, number, str(tag.get("href", "")), tag.get_text().strip())
