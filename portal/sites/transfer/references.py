"""Replaces keys in references of a site's rows: in columns, streams, rich text, revisions and log entries.

An export replaces primary keys with numbers within the file; an import does the reverse.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CASCADE, Field, ForeignKey, ManyToManyField, Model
from modelcluster.models import get_all_child_relations
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents import get_document_model
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model
from wagtail.models import Collection, Comment, CommentReply, Page, Revision, Task, TaskState, Workflow

from portal.sites.data.rows import Row

_TAG = re.compile(r"<(?:a|embed)\b[^<>]*>")
_KIND = re.compile(r'\b(?:linktype|embedtype)="(\w+)"')
_ID = re.compile(r'(\bid=")([^"]*)(")')
# Names of log entry data that are account keys.
_LOGGED_PEOPLE = frozenset({"author", "authors", "makers"})
# The models of records in log entries, by the name of the data.
_LOGGED: Mapping[str, type[Model]] = {
    "revision": Revision,
    "workflow": Workflow,
    "task": Task,
    "next": Task,
    "page": Page,
    "source": Page,
    "destination": Page,
    "comment": Comment,
    "reply": CommentReply,
}
_SLOT = re.compile(r"issue:(\d+)")
# Models other than pages whose views are counted, by kind.
_SUBJECTS: Mapping[str, str] = {"topic": "core.Topic", "author": "core.Person"}


class Keys(Protocol):
    """The rewriter's translation of keys; None for a record that is not in the file."""

    def of(self, model: type[Model], key: Any) -> Any: ...

    def named(self, model: type[Model], key: Any, row: Row) -> Any:
        """Like `of`, but for a generic reference in this row, which does not cause its target to be exported."""

    def path(self, model: type[Model], path: str) -> str: ...

    def url_path(self, url_path: str) -> str: ...

    def slug(self, page: Any) -> str | None:
        """A home page's new slug by its old key; None for any other page."""


def key_model(model: type[Model]) -> type[Model]:
    """The model whose primary keys a model shares: `Page` for every page type."""
    key: Any = model._meta.pk
    while key.is_relation:
        model = key.related_model
        key = model._meta.pk
    return model._meta.concrete_model or model


def is_generic(model: type[Model]) -> bool:
    names = {field.name for field in model._meta.local_concrete_fields}
    return {"object_id", "content_type"} <= names


def model_named(value: Any) -> type[Model] | None:
    """The model of a content type, given by key or as `app.model`."""
    if isinstance(value, int):
        return ContentType.objects.get_for_id(value).model_class()
    return apps.get_model(value) if value else None


class Rewriter:
    def __init__(self, keys: Keys):
        self.keys = keys
        self._special: dict[str, Callable[[Row, Any], Any]] = {
            "wagtailcore.Revision.content": lambda row, value: self.version(model_named(row["content_type"]), value),
            "wagtail_localize.TranslationSource.content_json": self._source,
            "wagtailcore.PageLogEntry.data": lambda row, value: self.logged(value),
            "wagtailcore.ModelLogEntry.data": lambda row, value: self.logged(value),
            "newsletter.Sending.slot": lambda row, value: self._slot(value),
            "readership.SubjectDay.key": self._subject,
            "newsletter.Sending.prepared_to": lambda row, value: self.key("newsletter.Subscriber", value) or 0,
        }

    def row(self, model: type[Model], row: Row) -> Row | None:
        """The row with replaced keys; None if a record that it requires is not in the file."""
        found: Row = {}
        for field in model._meta.local_concrete_fields:
            if field.name not in row:
                # Only a few columns of an account are exported.
                continue
            value = row[field.name]
            if field.primary_key and not field.is_relation:
                found[field.name] = None if value is None else self.keys.of(model, value)
                continue
            special = self._special.get(f"{model._meta.label}.{field.name}")
            found[field.name] = special(row, value) if special else self.value(field, value)
            if value is not None and found[field.name] is None and (is_required_reference(field) or not field.null):
                return None
        if is_generic(model):
            target = model_named(row.get("base_content_type") or row["content_type"])
            found["object_id"] = self.keys.named(target, row["object_id"], row) if target else None
            if found["object_id"] is None:
                return None
        if issubclass(model, Page | Collection):
            self._place(model, row, found)
        return found

    def key(self, model: type[Model] | str, value: Any) -> Any:
        return self.keys.of(apps.get_model(model) if isinstance(model, str) else model, value)

    def value(self, field: Field[Any, Any], value: Any) -> Any:
        if value is None:
            return None
        if isinstance(field, ForeignKey):
            return self.keys.of(field.related_model, value)
        if isinstance(field, ManyToManyField):
            return [key for key in (self.keys.of(field.related_model, each) for each in value) if key is not None]
        if isinstance(field, StreamField):
            return self.stream(field.stream_block, value)
        return self.rich_text(value, field.features) if isinstance(field, RichTextField) else value

    def _subject(self, row: Row, key: Any) -> Any:
        """The key of the topic or author whose views were counted; 0 for the search."""
        if (label := _SUBJECTS.get(row["kind"])) is not None:
            return self.keys.named(apps.get_model(label), key, row)
        return 0 if row["kind"] == "search" else None

    # Revisions

    def version(self, model: type[Model] | None, data: Row) -> Row:
        """A revision's content with its related rows. Its streams are JSON within the JSON."""
        if model is None:
            return data
        found: Row = {}
        relations = {
            relation.get_accessor_name(): relation.related_model for relation in get_all_child_relations(model)
        }
        # The rows are sorted, because PostgreSQL and SQLite order rows differently.
        for name, value in sorted(data.items()):
            if name in relations:
                found[name] = self._related(relations[name], value)
            elif name == "pk":
                found[name] = self.keys.of(key_model(model), value)
            else:
                found[name] = self._of_version(model, name, value)
        if issubclass(model, Page):
            self._place(model, data, found)
        return found

    def _of_version(self, model: type[Model], name: str, value: Any) -> Any:
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return value
        if isinstance(field, StreamField) and isinstance(value, str):
            return json.dumps(self.stream(field.stream_block, json.loads(value or "[]")), ensure_ascii=False)
        return self.value(field, value) if isinstance(field, Field) else value

    def _related(self, model: type[Model], rows: list[Row]) -> list[Row]:
        found = []
        for row in rows:
            changed = self.version(model, row)
            fields = [model._meta.get_field(name) for name in row if name in changed and name != "pk"]
            gone = [each for each in fields if row[each.name] is not None and changed[each.name] is None]
            if not any(is_required_reference(field) for field in gone):
                found.append(changed)
        return found

    def _source(self, row: Row, text: str) -> str:
        model = model_named(row["specific_content_type"])
        return json.dumps(self.version(model, json.loads(text)), ensure_ascii=False)

    def _place(self, model: type[Model], before: Row, found: Row) -> None:
        """Set the tree position of a page, revision or folder."""
        if "path" in found:
            found["path"] = self.keys.path(model, before["path"])
        if issubclass(model, Page) and "url_path" in found:
            found["url_path"] = self.keys.url_path(before["url_path"])
            key = before.get("pk", before.get("id"))
            found["slug"] = self.keys.slug(key) or found["slug"]

    # Texts

    def stream(self, block: blocks.BaseStreamBlock, items: Any) -> Any:
        found = []
        for item in items or []:
            child = block.child_blocks.get(item.get("type")) if isinstance(item, dict) else None
            value = self.block(child, item["value"]) if child is not None else None
            if child is None:
                found.append(item)
            elif not (isinstance(child, blocks.ChooserBlock) and value is None):
                found.append({**item, "value": value})
        return found

    def block(self, block: Any, raw: Any) -> Any:
        """The stored value of a block with its keys replaced."""
        if raw is None:
            return None
        if isinstance(block, blocks.ChooserBlock):
            return self.keys.of(block.model_class, raw) if raw != "" else raw
        if isinstance(block, blocks.BaseStreamBlock):
            return self.stream(block, raw)
        if isinstance(block, blocks.ListBlock):
            return self._list(block.child_block, raw)
        if isinstance(block, blocks.BaseStructBlock) and isinstance(raw, dict):
            children = block.child_blocks
            parts = sorted(raw.items())
            return {name: self.block(children[name], each) if name in children else each for name, each in parts}
        if isinstance(block, TypedTableBlock) and isinstance(raw, dict):
            return self._table(block, raw)
        return self.rich_text(raw, block.features) if isinstance(block, blocks.RichTextBlock) else raw

    def _list(self, child: Any, items: list[Any]) -> list[Any]:
        found = []
        for item in items:
            is_item = isinstance(item, dict) and item.get("type") == "item" and "value" in item
            value = self.block(child, item["value"] if is_item else item)
            if not (isinstance(child, blocks.ChooserBlock) and value is None):
                found.append({**item, "value": value} if is_item else value)
        return found

    def _table(self, block: TypedTableBlock, raw: Row) -> Row:
        children = [block.child_blocks.get(column["type"]) for column in raw["columns"]]
        rows = [
            {**row, "values": [self.block(child, cell) for child, cell in zip(children, row["values"], strict=False)]}
            for row in raw["rows"]
        ]
        return {**raw, "rows": rows}

    def rich_text(self, html: str, features: list[str] | None = None) -> str:
        """Replace the ids of links and pictures in stored HTML, with 0 for a record that is not in the file."""
        targets = {"page": Page, "document": get_document_model(), "image": get_image_model()}

        def changed(tag: re.Match[str]) -> str:
            kind = _KIND.search(tag[0])
            model = targets.get(kind[1]) if kind else None
            if model is None:
                return tag[0]
            return _ID.sub(lambda each: f"{each[1]}{self.keys.of(model, each[2]) or 0}{each[3]}", tag[0])

        return _TAG.sub(changed, html) if isinstance(html, str) else html

    # Log entries and sendings

    def logged(self, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        found = {}
        for name, value in data.items():
            model = _LOGGED.get(name)
            inner = self.logged(value)
            if model and isinstance(inner, dict) and "id" in inner:
                inner["id"] = None if inner["id"] is None else self.keys.of(model, inner["id"])
            if name in _LOGGED_PEOPLE and isinstance(value, list):
                inner = [key for each in value if (key := self.keys.of(get_user_model(), each)) is not None]
            elif name in _LOGGED_PEOPLE and isinstance(value, int):
                inner = self.keys.of(get_user_model(), value)
            if name == "task_state_id" and value is not None:
                inner = self.keys.of(TaskState, value)
            found[name] = inner
        return found

    def _slot(self, slot: str) -> str:
        """Replace the issue's key in a sending's name. The name ensures that an issue is not sent twice."""
        if found := _SLOT.fullmatch(slot):
            return f"issue:{self.keys.of(Page, found[1]) or 0}"
        return slot


def is_required_reference(field: Any) -> bool:
    """Whether a row is left out if this column refers to a missing record."""
    if not isinstance(field, ForeignKey):
        return False
    return not field.null or field.remote_field.on_delete is CASCADE
