"""Finds a text's place in a page: the label of its field or block, and its content limits."""

from dataclasses import dataclass
from typing import Any

from django.db.models import ManyToOneRel, TextField
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.fields import RichTextField, StreamField


@dataclass(frozen=True)
class TextPlace:
    """`features` are the rich text features allowed; None for all."""

    label: str
    is_rich: bool = False
    is_one_line: bool = False
    max_length: int | None = None
    features: tuple[str, ...] | None = None


def place_of(record: Any, path: str) -> TextPlace | None:
    """The place of a text; None if the page has no such path."""
    name, *steps = path.split(".")
    field = record._meta.get_field(name)
    if isinstance(field, StreamField):
        return _in_stream(field.stream_block, getattr(record, name), steps)
    if isinstance(field, ManyToOneRel):
        children = getattr(record, name).all()
        child = next((child for child in children if steps and str(child.translation_key) == steps[0]), None)
        return place_of(child, ".".join(steps[1:])) if child else None
    return TextPlace(
        capfirst(str(getattr(field, "verbose_name", field.name))),
        is_rich=isinstance(field, RichTextField),
        is_one_line=not isinstance(field, TextField),
        max_length=getattr(field, "max_length", None),
        features=_features(field),
    )


def step_into(block: Any, value: Any, step: str) -> tuple[Any, Any]:
    """A block's child and its value, by id or name; `(None, None)` if there is no such child."""
    if isinstance(block, blocks.StructBlock):
        return block.child_blocks.get(step), value.get(step) if value else None
    children: Any = ()
    if isinstance(block, blocks.StreamBlock):
        children = value or ()
    elif isinstance(block, blocks.ListBlock):
        children = value.bound_blocks if value else ()
    child = next((child for child in children if child.id == step), None)
    return (child.block, child.value) if child else (None, None)


def _in_stream(block: Any, value: Any, steps: list[str]) -> TextPlace | None:
    labels: list[str] = []
    for number, step in enumerate(steps, start=1):
        if isinstance(block, TypedTableBlock):
            return _in_table(value, step, steps[number:])
        is_in_stream = isinstance(block, blocks.StreamBlock)
        block, value = step_into(block, value, step)
        if block is None:
            return None
        if is_in_stream:
            labels = [*labels, str(block.label)] if number < len(steps) else []
    return TextPlace(
        capfirst(" · ".join(dict.fromkeys((*labels, str(block.label))))),
        is_rich=isinstance(block, blocks.RichTextBlock),
        is_one_line=isinstance(block, blocks.CharBlock),
        max_length=getattr(getattr(block, "field", None), "max_length", None),
        features=_features(block),
    )


def _in_table(table: Any, part: str, steps: list[str]) -> TextPlace | None:
    """The place of a heading or cell. The steps are those of `TranslatedTableBlock`."""
    numbers = [int(step) for step in steps if step.isdecimal()]
    if table is None or not numbers or numbers[-1] >= len(table.columns):
        return None
    if part == "columns":
        return TextPlace(_("Table · heading of column %(column)d") % {"column": numbers[0] + 1}, is_one_line=True)
    if len(numbers) < 2 or numbers[0] >= len(table.row_data):
        return None
    row, column = numbers
    label = _("Table · row %(row)d, column %(column)d") % {"row": row + 1, "column": column + 1}
    return TextPlace(label, is_one_line=True)


def _features(holder: Any) -> tuple[str, ...] | None:
    features = getattr(holder, "features", None)
    return tuple(features) if features else None
