"""A record's fields as JSON. References become numbers of the export, and are collected."""

import re
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import get_all_child_relations
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import COMMENTS_RELATION_NAME, Page

from events.records.venues import Venue
from portal.content.blocks.maps import OutlineChooserBlock
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.media.models import Document, Image

NAMES: dict[type[models.Model], str] = {
    Image: "picture",
    Document: "document",
    Topic: "topic",
    Person: "person",
    Venue: "venue",
    Page: "page",
}
# Every page has these fields. The export writes them itself, or they belong to the newsroom.
OF_EVERY_PAGE = {field.name for field in Page._meta.concrete_fields}
# A link in Wagtail's rich text.
_LINK = re.compile(r'<a (?=[^>]*linktype="(page|document)")(?=[^>]*\bid="(\d+)")[^>]*>')


class Values:
    """Reads the fields of records; `used` has the numbers of the referenced records by name."""

    def __init__(self) -> None:
        self.used: dict[str, set[int]] = defaultdict(set)

    def fields(self, record: models.Model, leave_out: Collection[str] = ()) -> dict[str, Any]:
        found = {}
        for field in record._meta.concrete_fields:
            is_own = not (field.primary_key or isinstance(field, ParentalKey) or field.name in leave_out)
            if not is_own or (isinstance(field, models.ForeignKey) and self._name_of(field) is None):
                continue
            found[field.name] = self._field(record, field)
        return found

    def page_fields(self, page: Any) -> dict[str, Any]:
        """A page's specific fields, and the rows of its lists, such as its authors."""
        found = self.fields(page, OF_EVERY_PAGE)
        for relation in get_all_child_relations(type(page)):
            name = relation.get_accessor_name()
            if name != COMMENTS_RELATION_NAME:
                found[name] = [self.fields(row, {"sort_order"}) for row in getattr(page, name).all()]
        return found

    def _name_of(self, field: Any) -> str | None:
        return next((name for model, name in NAMES.items() if issubclass(field.related_model, model)), None)

    def _field(self, record: models.Model, field: Any) -> Any:
        if isinstance(field, models.ForeignKey):
            return self._reference(self._name_of(field) or "", getattr(record, field.attname))
        value = getattr(record, field.name)
        if isinstance(field, StreamField):
            return self.block(value.stream_block, value)
        if isinstance(field, RichTextField):
            return self._rich_text(value)
        return json_value(value)

    def _reference(self, name: str, key: int | None) -> dict[str, int] | None:
        if key is None:
            return None
        self.used[name].add(key)
        return {name: key}

    def _rich_text(self, html: str) -> str:
        """HTML in which links to pages and documents are `portal:page/7`, `portal:document/3`."""

        def link(found: re.Match[str]) -> str:
            self.used[found[1]].add(int(found[2]))
            return f'<a href="portal:{found[1]}/{found[2]}">'

        return _LINK.sub(link, html)

    def block(self, block: blocks.Block, value: Any) -> Any:
        if isinstance(block, blocks.BaseStreamBlock):
            return [
                {"type": child.block_type, "id": child.id, "value": self.block(child.block, child.value)}
                for child in value
            ]
        if isinstance(block, blocks.BaseStructBlock):
            return {name: self.block(child, value.get(name)) for name, child in block.child_blocks.items()}
        if isinstance(block, blocks.ListBlock):
            return [self.block(block.child_block, child) for child in value]
        if isinstance(block, TypedTableBlock):
            rows = [[str(cell.value) for cell in row] for row in value.rows] if value else []
            return {"columns": [column["heading"] for column in value.columns] if value else [], "rows": rows}
        if isinstance(block, blocks.RichTextBlock):
            return self._rich_text(value.source) if value else ""
        if isinstance(block, OutlineChooserBlock):
            return block.get_api_representation(value)
        for kind, name in (
            (ImageChooserBlock, "picture"),
            (DocumentChooserBlock, "document"),
            (blocks.PageChooserBlock, "page"),
        ):
            if isinstance(block, kind):
                return self._reference(name, value.pk if value else None)
        return json_value(block.get_prep_value(value))


def json_value(value: Any) -> Any:
    """Dates and times in ISO 8601, decimals and keys as text."""
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return DjangoJSONEncoder().default(value)
