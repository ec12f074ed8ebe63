"""Adds missing ids to blocks and list items that code has created, for example an import.

Translations refer to text by these ids. Each id is derived from the block's position, so that two revisions of a page
without stored ids get the same ones.
"""

from collections.abc import Collection
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

from django.db.models import Model
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page, Revision


def give_ids(page: Model, names: Collection[str] | None = None) -> int:
    """Add missing ids to the streams of a page in memory (all, or those in `names`); return how many were missing."""
    missing = 0
    for field in _streams(page):
        if field.name in page.__dict__ and (names is None or field.name in names):
            stream = getattr(page, field.name)
            raw = list(stream.raw_data)
            without_id = [place for place, block in enumerate(raw) if not block.get("id")]
            missing += _complete_blocks(field.stream_block, raw, field.name)
            for place in without_id:
                # Once Wagtail has converted a block, it ignores the id in its raw data.
                stream[place].id = raw[place]["id"]
    return missing


def store_ids(page: Page) -> None:
    """Add missing ids to the stored page and its revisions without creating a revision."""
    rows = type(page)._default_manager.filter(pk=page.pk)
    stored = rows.get()
    if give_ids(stored):
        rows.update(**{field.name: getattr(stored, field.name) for field in _streams(stored)})
    for revision in Revision.objects.filter(pk__in={page.live_revision_id, page.latest_revision_id}):
        version = type(page).from_serializable_data(revision.content, check_fks=False)
        if give_ids(version):
            streams = {field.name: field.value_to_string(version) for field in _streams(version)}
            Revision.objects.filter(pk=revision.pk).update(content={**revision.content, **streams})


def _streams(page: Model) -> list[StreamField]:
    return [field for field in page._meta.get_fields() if isinstance(field, StreamField)]


def _complete_blocks(block: Any, children: list[Any], above: str) -> int:
    missing = _complete(children, above)
    for child in children:
        if (child_block := block.child_blocks.get(child["type"])) is not None:
            missing += _complete_value(child_block, child["value"], child["id"])
    return missing


def _complete_value(block: Any, value: Any, above: str) -> int:
    if isinstance(block, blocks.StreamBlock) and isinstance(value, list):
        return _complete_blocks(block, value, above)
    if isinstance(block, blocks.ListBlock) and isinstance(value, list):
        # Before Wagtail 2.16, list items had no ids, and code may still omit them.
        value[:] = [item if _is_item(item) else {"type": "item", "value": item, "id": None} for item in value]
        missing = _complete(value, above)
        return missing + sum(_complete_value(block.child_block, item["value"], item["id"]) for item in value)
    if isinstance(block, blocks.StructBlock) and isinstance(value, dict):
        inner = ((name, child) for name, child in block.child_blocks.items() if name in value)
        return sum(_complete_value(child, value[name], f"{above}.{name}") for name, child in inner)
    return 0


def _is_item(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type") == "item" and {"id", "value"} <= item.keys()


def _complete(items: list[dict[str, Any]], above: str) -> int:
    taken = {item.get("id") for item in items}
    missing = 0
    for place, item in enumerate(items):
        if not item.get("id"):
            found = str(uuid5(NAMESPACE_OID, f"{above}.{place}"))
            item["id"] = found if found not in taken else str(uuid4())
            taken.add(item["id"])
            missing += 1
    return missing
