"""Pages as wagtail-localize can read them: it fails at a text of a block that was never filled in."""

from typing import Any

from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page

TEXTS = (blocks.CharBlock, blocks.TextBlock, blocks.BlockQuoteBlock)


def whole[P: Page](page: P) -> P:
    """The page, in which every text of a block is at least empty."""
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            for block in getattr(page, field.name):
                _fill(block.value)
    return page


def _fill(value: Any) -> None:
    if isinstance(value, blocks.StructValue):
        for name, block in value.block.child_blocks.items():
            if value.get(name) is None and isinstance(block, TEXTS):
                value[name] = ""
            else:
                _fill(value.get(name))
    elif isinstance(value, blocks.StreamValue):
        for child in value:
            _fill(child.value)
    elif isinstance(value, blocks.list_block.ListValue):
        for child in value:
            _fill(child)
