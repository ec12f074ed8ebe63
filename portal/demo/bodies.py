"""Converts the blocks of the demo's files to raw StreamField data."""

import re
from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from home.front.base import TypedDateTimeBlock
from home.front.events import VenueChooserBlock
from portal.content.blocks.bodies import StoryBody
from portal.content.blocks.maps import OutlineChooserBlock

PAGE_LINK = re.compile(r'<a href="page:([\w-]+)">(.*?)</a>', re.DOTALL)
BODY = StoryBody()
SUBHEADING = {"type": "heading", "level": "h3"}
# Defaults for values that are not text.
EMPTY: dict[type[blocks.Block], Any] = {
    blocks.BooleanBlock: False,
    **dict.fromkeys((blocks.PageChooserBlock, SnippetChooserBlock, TypedDateTimeBlock, VenueChooserBlock)),
}


class BodyBuilder:
    """Builds the streams of one page; block definitions decide which values are read.

    `image`, `document`, `page` and `outline` return primary keys by file name, title, slug and name.
    """

    def __init__(
        self,
        seed: str,
        image: Callable[[str, str], int],
        document: Callable[..., int],
        page: Callable[[str], int | None],
        outline: Callable[[str], int],
    ):
        self.seed = seed
        self.image = image
        self.document = document
        self.page = page
        self.outline = outline

    def stream(
        self, items: list[dict[str, Any]], of: blocks.StreamBlock = BODY, seed: str = ""
    ) -> list[dict[str, Any]]:
        """Build raw stream data; raises ValueError for an unknown block type."""
        seed = seed or self.seed
        result = []
        for number, facts in enumerate(items):
            facts = facts | SUBHEADING if facts["type"] == "subheading" else facts
            kind = facts["type"]
            if (block := of.child_blocks.get(kind)) is None:
                raise ValueError(f"{self.seed}: unknown block {kind!r}")
            identity = str(uuid5(NAMESPACE_URL, f"{seed}:{number}"))
            result.append({"type": kind, "value": self._value(block, "text", facts, identity), "id": identity})
        return result

    def rich(self, html: str) -> str:
        """Rich text in database format; a link to a page that does not exist becomes plain text."""

        def link(match: re.Match[str]) -> str:
            key = self.page(match[1])
            return f'<a linktype="page" id="{key}">{match[2]}</a>' if key else match[2]

        return PAGE_LINK.sub(link, html)

    def _value(self, block: blocks.Block, name: str, facts: dict[str, Any], seed: str) -> Any:
        """The value of a block. `facts` has the values of its fields; a block without fields has its own under `name`.

        The ids of the blocks in it are derived from `seed`.
        """
        match block:
            case blocks.StructBlock():
                facts = facts | self._target(facts.get("href", ""))
                return {name: self._value(child, name, facts, seed) for name, child in block.child_blocks.items()}
            case blocks.ListBlock():
                return [self._value(block.child_block, name, item, seed) for item in facts.get(name, ())]
            case blocks.StreamBlock():
                return self.stream(facts.get(name, []), block, seed)
            case blocks.PageChooserBlock() if facts.get("type") == "page":
                return self.page(facts["page"])
            case ImageChooserBlock():
                return self.image(facts["picture"], facts["alt"]) if "picture" in facts or block.required else None
            case DocumentChooserBlock() if "file" in facts:
                return self.document(facts["file"])
            case DocumentChooserBlock() if not block.required:
                return None
            case DocumentChooserBlock():
                return self.document(facts["title"], is_gated=facts["type"] == "sheet")
            case OutlineChooserBlock():
                return self.outline(facts[name])
            case TypedTableBlock():
                columns = [{"type": "text", "heading": heading} for heading in facts["columns"]]
                return {"columns": columns, "rows": [{"values": row} for row in facts["rows"]], "caption": ""}
            case blocks.RichTextBlock():
                return self.rich(facts.get(name, ""))
        default = block.get_default()
        return facts.get(name, EMPTY.get(type(block), "") if default is None else default)

    def _target(self, href: str) -> dict[str, Any]:
        """The values of a link. `page:` before a slug refers to a page of the demo."""
        if href.startswith("page:"):
            return {"page": self.page(href.removeprefix("page:"))}
        return {"url": href} if href else {}
