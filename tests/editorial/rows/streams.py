"""The blocks of streams in a form, as a browser submits them."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Model
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.models import Page

from portal.content.blocks.charts import ChartTableBlock
from portal.content.blocks.maps import CoordinatesBlock
from portal.content.blocks.recordings import RecordingTimeBlock
from portal.formats.fields import TypedDateTimeField
from portal.media.models import Document
from tests.recordings.makers import make_captions, make_recording

Data = dict[str, Any]
Lists = blocks.ListBlock | blocks.StreamBlock


def written(block: Any, prefix: str, value: Any) -> Data:
    """The inputs of a block that has a value."""
    if isinstance(block, blocks.StructBlock):
        parts = [written(child, f"{prefix}-{name}", value[name]) for name, child in block.child_blocks.items()]
        return {name: typed for part in parts for name, typed in part.items()}
    if isinstance(block, Lists):
        data: Data = {f"{prefix}-count": "0"}
        for child in value.bound_blocks if isinstance(block, blocks.ListBlock) else value:
            data |= appended(data, prefix, getattr(child, "block_type", "item"), child.block, child.value, child.id)
        return data
    if isinstance(block, TypedTableBlock):
        return {f"{prefix}-column-count": "0", f"{prefix}-row-count": "0", f"{prefix}-caption": ""}
    shown = block.value_for_form(value)
    if isinstance(block, blocks.RichTextBlock):
        shown = block.field.widget.format_value(shown)
    shown = shown.pk if isinstance(shown, Model) else "on" if shown is True else shown
    return {} if shown is False else {prefix: "" if shown is None else str(shown)}


def appended(data: Data, prefix: str, kind: str, block: Any, value: Any, key: str | None = None) -> Data:
    """The inputs of one more list entry, and their number."""
    number = data[f"{prefix}-count"]
    entry = f"{prefix}-{number}"
    facts = {"type": kind, "id": key or str(uuid4()), "order": number, "deleted": ""}
    named = {f"{entry}-{name}": fact for name, fact in facts.items()}
    return {f"{prefix}-count": str(int(number) + 1), **named, **written(block, f"{entry}-value", value)}


def kinds_in(block: Lists) -> dict[str, Any]:
    """The blocks that can be list entries, by type."""
    return {"item": block.child_block} if isinstance(block, blocks.ListBlock) else dict(block.child_blocks)


def entries(data: Data, prefix: str) -> list[int]:
    """The numbers of the list entries that are not deleted, in order."""
    there = [number for number in range(int(data[f"{prefix}-count"])) if not data[f"{prefix}-{number}-deleted"]]
    return sorted(there, key=lambda number: int(data[f"{prefix}-{number}-order"]))


def lists_in(block: Any, prefix: str) -> Iterator[tuple[Lists, str]]:
    """The lists in a block, without those in their entries, and their prefixes."""
    if isinstance(block, Lists):
        yield block, prefix
    for name, child in block.child_blocks.items() if isinstance(block, blocks.StructBlock) else ():
        yield from lists_in(child, f"{prefix}-{name}")


def fields_in(block: Any, prefix: str, data: Data) -> Iterator[tuple[Any, str]]:
    """The blocks that people fill in, in order, and their prefixes."""
    if isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from fields_in(child, f"{prefix}-{name}", data)
    elif isinstance(block, Lists):
        for number in entries(data, prefix):
            child = kinds_in(block)[data[f"{prefix}-{number}-type"]]
            yield from fields_in(child, f"{prefix}-{number}-value", data)
    else:
        yield block, prefix


def typed_into(block: Any, prefix: str, data: Data, number: int) -> Data:
    """A value typed into a field, different for each number if the field allows it.

    Optional fields are skipped, except text fields.
    """
    if isinstance(block, TypedTableBlock):
        column = {"type": next(iter(block.child_blocks)), "heading": f"Colonne {number}", "order": "0", "deleted": ""}
        columns = {f"{prefix}-column-0-{name}": fact for name, fact in column.items()}
        counts = {f"{prefix}-column-count": "1", f"{prefix}-row-count": "1", f"{prefix}-cell-0-0": f"Case {number}"}
        return {**counts, **columns, f"{prefix}-row-0-order": "0", f"{prefix}-row-0-deleted": ""}
    if isinstance(block, blocks.RichTextBlock):
        return {prefix: block.field.widget.format_value(f"<p>Ligne {number}</p>")}
    if isinstance(block, ChartTableBlock):
        columns = 1 if data[f"{prefix.removesuffix('-data')}-kind"] == "shares" else 2
        lines = [["Jahr", "Eins", "Zwei"], ["2024", number, 2], ["2025", number, 3]]
        return {prefix: "\n".join(";".join(map(str, line[: columns + 1])) for line in lines)}
    if isinstance(block, CoordinatesBlock):
        return {prefix: f"49.{number:04}, 6.5"}
    if isinstance(block, RecordingTimeBlock):
        return {prefix: "23:59:59" if prefix.endswith("-duration") else f"{number}:00"}
    field = block.field
    if isinstance(field, forms.URLField):
        return {prefix: f"https://example.org/{number}"}
    if isinstance(field, forms.EmailField):
        return {prefix: f"ligne-{number}@example.org"}
    if isinstance(field, forms.CharField):
        return {prefix: f"Ligne {number}"}
    if not field.required:
        return {}
    if isinstance(block, blocks.ChooserBlock):
        return {prefix: str(_chosen(block, prefix, data, number).pk)}
    if isinstance(field, forms.ChoiceField):
        choices = [key for key, _label in field.choices if key]
        return {prefix: choices[number % len(choices)]}
    if isinstance(field, forms.IntegerField):
        return {prefix: str(field.min_value or number)}
    if isinstance(field, TypedDateTimeField):
        return {prefix: f"{number % 28 + 1:02}.01.2031 10:00"}
    raise AssertionError(f"The test cannot fill in {prefix}, a {type(block).__name__}.")


def _chosen(block: Any, prefix: str, data: Data, number: int) -> Any:
    if isinstance(block, blocks.PageChooserBlock):
        found = list(Page.objects.filter(depth__gt=1).type(*block.target_models or [Page]).order_by("-pk"))
    elif isinstance(block, DocumentChooserBlock):
        # Only sheets offer documents that are sent by mail only.
        is_gated = data.get(f"{prefix.removesuffix('-value-document')}-type") == "sheet"
        found = list(Document.objects.filter(is_gated=is_gated))
        if prefix.endswith("-file"):
            found = [make_captions() if "-captions-" in prefix else make_recording()]
    else:
        found = list(block.model_class.objects.order_by("-pk"))
    assert found, f"The test has nothing to choose in {prefix}, a {type(block).__name__}."
    return found[number % len(found)]
