"""Extracts a StreamField's text from its raw data, without queries for images, pages or documents."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.rich_text import get_text_for_indexing

from portal.content.blocks.text import HeadingBlock

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
# A line break separates words, as in `get_text_for_indexing`. The end of a paragraph also ends an extract.
_BREAK = re.compile(r"(<(?:br|hr)\s*/>)", re.IGNORECASE)
_PARAGRAPH_END = re.compile(r"(</(?:p|h\d|li|blockquote)>)", re.IGNORECASE)
_DOCUMENT_LINK = re.compile(r'<a (?=[^>]*linktype="document")[^>]*\bid="(\d{1,18})"')


@dataclass
class StreamContent:
    """A stream's headings and other text, and the primary keys of the documents it links to."""

    headings: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    documents: list[int] = field(default_factory=list)


def stream_content(value: blocks.StreamValue) -> StreamContent:
    content = StreamContent()
    for text in _stream(value.stream_block, value.raw_data, content):
        content.texts.append(text)
    return content


def _stream(block: blocks.BaseStreamBlock, raw: Iterable[Any], content: StreamContent) -> Iterator[str]:
    for item in raw or ():
        child = block.child_blocks.get(item["type"])
        if isinstance(child, HeadingBlock):
            content.headings.append(item["value"].get("text") or "")
        elif child is not None:
            yield from _texts(child, item["value"], content)


def _texts(block: blocks.Block, raw: Any, content: StreamContent) -> Iterator[str]:
    if raw is None or raw == "" or not getattr(block, "search_index", True):
        return
    if isinstance(block, blocks.BaseStreamBlock):
        yield from _stream(block, raw, content)
    elif isinstance(block, blocks.ListBlock):
        for item in raw:
            yield from _texts(block.child_block, item["value"] if _is_item(item) else item, content)
    elif isinstance(block, blocks.BaseStructBlock):
        for name, child in block.child_blocks.items():
            if name not in getattr(block.meta, "not_searched", ()):
                yield from _texts(child, raw.get(name), content)
    elif isinstance(block, TypedTableBlock):
        yield from (column["heading"] for column in raw["columns"] if column["heading"])
        children = [block.child_blocks.get(column["type"]) for column in raw["columns"]]
        for row in raw["rows"]:
            for child, cell in zip(children, row["values"], strict=False):
                if child is not None:
                    yield from _texts(child, cell, content)
    elif isinstance(block, blocks.RichTextBlock):
        content.documents += [int(key) for key in _DOCUMENT_LINK.findall(raw)]
        yield plain_text(raw)
    elif isinstance(block, DocumentChooserBlock):
        content.documents.append(int(raw))
    elif isinstance(block, (blocks.CharBlock, blocks.TextBlock, blocks.BlockQuoteBlock)):
        yield raw


def plain_text(html: str) -> str:
    """Like `get_text_for_indexing`, but ten times as fast and with one line per paragraph.

    The editor never saves a `>` inside an attribute. A `<` that does not begin a tag needs Wagtail's own function.
    """
    bare = _TAG.sub("", _PARAGRAPH_END.sub(r"\1\n", _BREAK.sub(r"\1 ", html)))
    return get_text_for_indexing(html) if "<" in bare else unescape(bare.strip())


def _is_item(item: Any) -> bool:
    """Whether a list item is stored with an id (Wagtail's own test). Older data has bare values."""
    return isinstance(item, dict) and "id" in item and "value" in item and item.get("type") == "item"
