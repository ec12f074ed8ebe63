"""Converts the blocks of the demo's files to raw StreamField data."""

import re
from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

PAGE_LINK = re.compile(r'<a href="page:([\w-]+)">(.*?)</a>', re.DOTALL)


class BodyBuilder:
    """Builds the streams of one page.

    `image`, `document` and `page` return the primary key for a picture, a title and a slug.
    """

    def __init__(
        self,
        seed: str,
        image: Callable[[str, str], int],
        document: Callable[..., int],
        page: Callable[[str], int | None],
    ):
        self.seed = seed
        self.image = image
        self.document = document
        self.page = page

    def stream(self, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Raw stream data; raises ValueError for an unknown block type."""
        result = []
        for number, block in enumerate(blocks):
            kind = block["type"]
            build = getattr(self, f"_{kind}", None)
            if build is None:
                raise ValueError(f"{self.seed}: unknown block {kind!r}")
            name = "heading" if kind == "subheading" else kind
            identity = str(uuid5(NAMESPACE_URL, f"{self.seed}:{number}"))
            result.append({"type": name, "value": build(block, number), "id": identity})
        return result

    def rich(self, html: str) -> str:
        """Rich text in database format; a link to a page that does not exist becomes plain text."""

        def link(match: re.Match[str]) -> str:
            key = self.page(match[1])
            return f'<a linktype="page" id="{key}">{match[2]}</a>' if key else match[2]

        return PAGE_LINK.sub(link, html)

    def _link(self, block: dict[str, Any]) -> dict[str, Any]:
        href = block["href"]
        if href.startswith("page:"):
            return {"label": block["label"], "page": self.page(href.removeprefix("page:")), "url": ""}
        return {"label": block["label"], "page": None, "url": href}

    def _heading(self, block, number):
        return {"text": block["text"], "level": "h2"}

    def _subheading(self, block, number):
        return {"text": block["text"], "level": "h3"}

    def _paragraph(self, block, number):
        return self.rich(block["text"])

    def _quote(self, block, number):
        return {"text": block["text"], "source": block.get("source", ""), "role": block.get("role", "")}

    def _figure(self, block, number):
        return {
            "image": self.image(block["picture"], block["alt"]),
            "alt": block["alt"],
            "caption": block.get("caption", ""),
            "credit": block.get("credit", ""),
            "wide": block.get("wide", False),
        }

    def _gallery(self, block, number):
        images = [
            {
                "image": self.image(picture["picture"], picture["alt"]),
                "alt": picture["alt"],
                "caption": picture.get("caption", ""),
            }
            for picture in block["images"]
        ]
        return {"images": images}

    def _video(self, block, number):
        return {
            "title": block["title"],
            "url": block["url"],
            "image": self.image(block["picture"], block["alt"]),
            "duration": block.get("duration", ""),
            "transcript": block.get("transcript", ""),
        }

    def _table(self, block, number):
        return {
            "caption": block["caption"],
            "table": {
                "columns": [{"type": "text", "heading": heading} for heading in block["columns"]],
                "rows": [{"values": row} for row in block["rows"]],
                "caption": "",
            },
        }

    def _fact_box(self, block, number):
        return {"title": block["title"], "text": self.rich(block["text"])}

    def _key_figures(self, block, number):
        return {"title": block.get("title", ""), "figures": block["figures"]}

    def _timeline(self, block, number):
        entries = [{"date": e["date"], "title": e["title"], "text": e.get("text", "")} for e in block["entries"]]
        return {"title": block.get("title", ""), "entries": entries}

    def _call_out(self, block, number):
        return {"tone": block["tone"], "title": block.get("title", ""), "text": self.rich(block["text"])}

    def _download(self, block, number):
        return {"document": self.document(block["title"]), "title": block["title"]}

    def _sheet(self, block, number):
        questions = [{"is_required": False, "choices": "", **question} for question in block.get("questions", [])]
        return {
            "title": block["title"],
            "text": block.get("text", ""),
            "document": self.document(block["title"], is_gated=True),
            "questions": questions,
            "marketing": block.get("marketing", ""),
            "keeping": "180",
        }

    def _button(self, block, number):
        return self._link(block)

    def _related_links(self, block, number):
        return {"title": block.get("title", ""), "links": [self._link(link) for link in block["links"]]}

    def _accordion(self, block, number):
        items = [{"question": item["question"], "answer": self.rich(item["answer"])} for item in block["items"]]
        return {"items": items}
