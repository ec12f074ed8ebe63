"""Reads the passages of a page's versions from their stored content, without queries."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import CharField, EmailField, Field, ManyToOneRel, SlugField, TextField, URLField
from django.utils.text import capfirst
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from portal.editorial.last_changes.attribution import TextPassage
from portal.editorial.translations.blank_texts import TEXT_BLOCKS
from portal.editorial.translations.changes import translated_fields
from portal.overrides.editor.comparison import BREAK, text_in_lines
from portal.platform.typography import sentences


class PassageReader:
    """Reads the versions of one page in sequence. A value that has not changed is not read again."""

    def __init__(self, model: type[Page]) -> None:
        fields = [model._meta.get_field(name) for name in translated_fields(model)]
        self._fields = [field for field in fields if isinstance(field, (StreamField, ManyToOneRel)) or _is_text(field)]
        self._before: dict[str, tuple[Any, list[TextPassage]]] = {}
        self._now: dict[str, tuple[Any, list[TextPassage]]] = {}

    def read(self, content: dict[str, Any]) -> list[TextPassage]:
        """The passages of a version, in the order of the page's fields."""
        self._now = {}
        found = [passage for field in self._fields for passage in self._of_field(field, content.get(field.name))]
        self._before = self._now
        return found

    def _of_field(self, field: Any, value: Any, above: str = "") -> Iterator[TextPassage]:
        place = f"{above}{field.name}"
        if isinstance(field, StreamField):
            children = json.loads(value or "[]") if isinstance(value, str) else value or []
            for number, child in enumerate(children):
                if (block := field.stream_block.child_blocks.get(child["type"])) is not None:
                    yield from self._of_block(block, child["value"], f"{place}.{child.get('id') or number}")
        elif isinstance(field, ManyToOneRel):
            texts = [each for each in field.related_model._meta.get_fields() if _is_text(each)]
            for number, row in enumerate(value or []):
                for each in texts:
                    yield from self._of_field(each, row.get(each.name), f"{place}.{row.get('pk') or number}.")
        elif value:
            yield from _passages(place, capfirst(str(field.verbose_name)), value, isinstance(field, RichTextField))

    def _of_block(self, block: blocks.Block, value: Any, place: str) -> list[TextPassage]:
        before = self._before.get(place)
        if before is None or before[0] != value:
            before = (value, list(_in_block(block, value, place, ())))
        self._now[place] = before
        return before[1]


def _is_text(field: Any) -> bool:
    """Whether the field is running text, not a name, an address or a choice."""
    is_text = isinstance(field, (CharField, TextField)) and not isinstance(field, (SlugField, URLField, EmailField))
    return is_text and isinstance(field, Field) and field.editable and not field.choices


def _in_block(block: Any, value: Any, place: str, labels: tuple[str, ...]) -> Iterator[TextPassage]:
    if value is None or value == "":
        return
    labels = (*labels, str(block.label)) if block.label else labels
    if isinstance(block, blocks.BaseStreamBlock):
        for number, item in enumerate(value):
            if (child := block.child_blocks.get(item["type"])) is not None:
                yield from _in_block(child, item["value"], f"{place}.{item.get('id') or number}", labels)
    elif isinstance(block, blocks.ListBlock):
        for number, item in enumerate(value):
            is_item = isinstance(item, dict) and item.get("type") == "item" and "value" in item
            key, inner = (item.get("id") or number, item["value"]) if is_item else (number, item)
            yield from _in_block(block.child_block, inner, f"{place}.{key}", labels)
    elif isinstance(block, blocks.BaseStructBlock):
        for name, child in block.child_blocks.items():
            yield from _in_block(child, value.get(name), f"{place}.{name}", labels)
    elif isinstance(block, TypedTableBlock):
        rows = [[column["heading"] for column in value["columns"]], *(row["values"] for row in value["rows"])]
        for number, row in enumerate(rows):
            line = " · ".join(cell for cell in row if isinstance(cell, str) and cell)
            yield from _passages(f"{place}.{number}", _label(labels), line, is_rich=False)
    elif isinstance(block, (blocks.RichTextBlock, *TEXT_BLOCKS)):
        yield from _passages(place, _label(labels), value, isinstance(block, blocks.RichTextBlock))


def _label(labels: tuple[str, ...]) -> str:
    return capfirst(" · ".join(dict.fromkeys(labels)))


def _passages(place: str, label: str, text: str, is_rich: bool) -> Iterator[TextPassage]:
    lines = text_in_lines(text).split(BREAK) if is_rich else text.splitlines()
    for line, words in enumerate(lines):
        for sentence in sentences(" ".join(words.split())):
            yield TextPassage(place, sentence, line, label)
