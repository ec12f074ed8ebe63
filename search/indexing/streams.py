"""The words of a text made of blocks, read from what is stored: no picture, page or document is fetched for them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.rich_text import get_text_for_indexing

from portal.core.blocks.text import HeadingBlock

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
# As in `get_text_for_indexing`: what ends or breaks a line parts two words.
_BREAK = re.compile(r"(</(?:p|h\d|li|blockquote)>|<(?:br|hr)\s*/>)", re.IGNORECASE)
_DOCUMENT_LINK = re.compile(r'<a (?=[^>]*linktype="document")[^>]*\bid="(\d{1,18})"')


@dataclass
class Gathered:
    """The headings, the rest of the words, and the keys of the documents that the text offers."""

    headings: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    documents: list[int] = field(default_factory=list)


def gathered(value: blocks.StreamValue) -> Gathered:
    found = Gathered()
    for text in _stream(value.stream_block, value.raw_data, found):
        found.texts.append(text)
    return found


def _stream(block: blocks.BaseStreamBlock, raw: Iterable[Any], found: Gathered) -> Iterator[str]:
    for item in raw or ():
        child = block.child_blocks.get(item["type"])
        if isinstance(child, HeadingBlock):
            found.headings.append(item["value"].get("text") or "")
        elif child is not None:
            yield from _texts(child, item["value"], found)


def _texts(block: blocks.Block, raw: Any, found: Gathered) -> Iterator[str]:
    if raw is None or raw == "" or not getattr(block, "search_index", True):
        return
    if isinstance(block, blocks.BaseStreamBlock):
        yield from _stream(block, raw, found)
    elif isinstance(block, blocks.ListBlock):
        for item in raw:
            yield from _texts(block.child_block, item["value"] if _is_item(item) else item, found)
    elif isinstance(block, blocks.BaseStructBlock):
        for name, child in block.child_blocks.items():
            yield from _texts(child, raw.get(name), found)
    elif isinstance(block, TypedTableBlock):
        yield from (column["heading"] for column in raw["columns"] if column["heading"])
        children = [block.child_blocks.get(column["type"]) for column in raw["columns"]]
        for row in raw["rows"]:
            for child, cell in zip(children, row["values"], strict=False):
                if child is not None:
                    yield from _texts(child, cell, found)
    elif isinstance(block, blocks.RichTextBlock):
        found.documents += [int(key) for key in _DOCUMENT_LINK.findall(raw)]
        yield text_of(raw)
    elif isinstance(block, DocumentChooserBlock):
        found.documents.append(int(raw))
    elif isinstance(block, (blocks.CharBlock, blocks.TextBlock, blocks.BlockQuoteBlock)):
        yield raw


def text_of(html: str) -> str:
    """The words of rich text, as `get_text_for_indexing` has them, which takes ten times as long.

    No editor saves a `>` within an attribute; where something is left that is no tag, it is left to the slow way.
    """
    bare = _TAG.sub("", _BREAK.sub(r"\1 ", html))
    return get_text_for_indexing(html) if "<" in bare else unescape(bare.strip())


def _is_item(item: Any) -> bool:
    """Whether an entry of a list is kept with its own id, as Wagtail asks it; older ones are the value alone."""
    return isinstance(item, dict) and "id" in item and "value" in item and item.get("type") == "item"
