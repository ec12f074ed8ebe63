"""Finds links and images in rich text as Wagtail stores it, without looking up pages or documents."""

from dataclasses import dataclass
from html.parser import HTMLParser

HIGHEST_KEY = 2**31 - 1


@dataclass(frozen=True)
class MarkupReference:
    """A link or image. `kind` is page, document, image or address; `text` is the link text or alternative text."""

    kind: str
    key: int | None
    address: str
    text: str


class _MarkupReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[MarkupReference] = []
        self.open: dict[str, str] | None = None
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.open, self.words = facts, []
        elif tag == "embed" and facts.get("embedtype") == "image":
            self.found.append(MarkupReference("image", _key(facts), "", facts.get("alt", "")))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.open is not None:
            kind = self.open.get("linktype", "address")
            kind = kind if kind in ("page", "document") else "address"
            self.found.append(
                MarkupReference(kind, _key(self.open), self.open.get("href", ""), "".join(self.words).strip())
            )
            self.open = None


def _key(facts: dict[str, str]) -> int | None:
    key = facts.get("id", "")
    return int(key) if key.isascii() and key.isdecimal() and int(key) <= HIGHEST_KEY else None


def markup_references(html: str) -> list[MarkupReference]:
    """Return every link and image in the order of the text."""
    reader = _MarkupReader()
    reader.feed(html)
    reader.close()
    return reader.found
