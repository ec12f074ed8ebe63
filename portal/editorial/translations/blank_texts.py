"""Fills in empty strings and ids that wagtail-localize requires in blocks."""

from typing import Any

from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page

from portal.content.blocks.ids import give_ids

TEXT_BLOCKS = (blocks.CharBlock, blocks.TextBlock, blocks.BlockQuoteBlock)


def fill_blank_texts[P: Page](page: P) -> P:
    """Replace None in text blocks with an empty string and add missing ids, in memory; return the page."""
    give_ids(page)
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            for block in getattr(page, field.name):
                _fill(block.value)
    return page


def _fill(value: Any) -> None:
    if isinstance(value, blocks.StructValue):
        for name, block in value.block.child_blocks.items():
            if value.get(name) is None and isinstance(block, TEXT_BLOCKS):
                value[name] = ""
            else:
                _fill(value.get(name))
    elif isinstance(value, blocks.StreamValue):
        for child in value:
            _fill(child.value)
    elif isinstance(value, blocks.list_block.ListValue):
        for child in value:
            _fill(child)
