"""Writes the rows of Wagtail's reference index for generated pages."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import models
from wagtail.blocks import Block, ChooserBlock, ListBlock, StructBlock
from wagtail.models import Page, ReferenceIndex

from portal.content.bulk.rows import write_rows
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.content.upstream import content_path_hash
from portal.media.models import Image

if TYPE_CHECKING:
    from tests.bench.bulk.pages import GeneratedPage

COLUMNS = [
    "content_type_id",
    "base_content_type_id",
    "object_id",
    "to_content_type_id",
    "to_object_id",
    "model_path",
    "content_path",
    "content_path_hash",
]


class Reference(NamedTuple):
    """A reference as the index stores it: target, path in the model, path in the content and its hash."""

    model: type[models.Model]
    target: int
    model_path: str
    content_path: str
    path_hash: str


class RelationRow(NamedTuple):
    """The primary keys of a page's topic or byline, of the page, and of the topic or person."""

    key: int
    page: int
    target: int


def reference(model: type[models.Model], target: int, model_path: str, content_path: str) -> Reference:
    return Reference(model, target, model_path, content_path, content_path_hash(content_path))


def references_in(blocks: dict[str, Block], body: Sequence[dict[str, Any]], field: str) -> Iterator[Reference]:
    """The references of chooser blocks; generated rich text has no links."""
    for child in body:
        yield from _in_block(
            blocks[child["type"]], child["value"], f"{field}.{child['type']}", f"{field}.{child['id']}"
        )


def write_references(
    pages: Iterable["GeneratedPage"], topics: Iterable[RelationRow], people: Iterable[RelationRow]
) -> None:
    page_type = _type(Page)
    rows = []

    def add(source_type: int, source: int, found: Reference) -> None:
        rows.append((source_type, page_type, str(source), _type(found.model), str(found.target), *found[2:]))

    for generated in pages:
        page, content_type = generated.page, _type(type(generated.page))
        for found in generated.text.references:
            add(content_type, page.id, found)
        if page.lead_image_id:
            add(content_type, page.id, _lead_image(page.lead_image_id))
        if event := getattr(page, "event_id", None):
            add(content_type, page.id, reference(Page, event, "event", "event"))
    for topic in topics:
        path = f"page_topics.{topic.key}.topic"
        add(page_type, topic.page, reference(Topic, topic.target, "page_topics.item.topic", path))
    for person in people:
        path = f"bylines.{person.key}.person"
        add(page_type, person.page, reference(Person, person.target, "bylines.item.person", path))
    write_rows(ReferenceIndex, COLUMNS, rows)


@cache
def _lead_image(key: int) -> Reference:
    return reference(Image, key, "lead_image", "lead_image")


def _in_block(block: Block, raw: Any, model_path: str, content_path: str) -> Iterator[Reference]:
    if isinstance(block, ChooserBlock):
        if raw is not None:
            yield reference(block.model_class, raw, model_path, content_path)
    elif isinstance(block, StructBlock):
        for name, part in block.child_blocks.items():
            yield from _in_block(part, raw[name], f"{model_path}.{name}", f"{content_path}.{name}")
    elif isinstance(block, ListBlock):
        for item in raw:
            yield from _in_block(block.child_block, item["value"], f"{model_path}.item", f"{content_path}.{item['id']}")


def _type(model: type[models.Model]) -> int:
    return ContentType.objects.get_for_model(model, for_concrete_model=False).pk
