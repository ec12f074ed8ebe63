"""Copies a record with all rows that its deletion changes, and puts the copy back."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import batched
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS
from django.db.models import ForeignKey, Model, Q, QuerySet
from django.db.models.deletion import Collector
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex
from wagtail.search.models import IndexEntry

from portal.content.publication import lock_pages
from portal.editorial.trash.bookkeeping import APP, bookkeeping_of, targets_first, without_updated_sources

# Rows that are computed again from others.
COMPUTED = {IndexEntry, get_image_model().get_rendition_model()}
BATCH = 500
Row = dict[str, Any]


class MissingTargetError(Exception):
    """Something that the record cannot do without was deleted meanwhile. The argument is its name."""


def copy_of(record: Model) -> dict[str, Any]:
    """The record, the rows deleted with it, and the rows that lose their reference to it, as JSON values.

    Raises ProtectedError if the record cannot be deleted.
    """
    collector = Collector(using=DEFAULT_DB_ALIAS, origin=record)
    collector.collect([record])
    keys: dict[type[Model], set[Any]] = defaultdict(set)
    for model, objects in collector.data.items():
        keys[model] |= {each.pk for each in objects}
    for rows in collector.fast_deletes:
        keys[rows.model] |= set(rows.values_list("pk", flat=True))
    for model, rows_of_model in bookkeeping_of(record).items():
        keys[model] |= rows_of_model
    keys[ReferenceIndex] |= set(_references(record).values_list("pk", flat=True))
    updates: Any = collector.field_updates
    cleared = [
        [field.model._meta.label, field.name, [_key_of(each) for rows in found for each in rows]]
        for (field, _value), found in updates.items()
    ]
    return {
        "rows": {
            model._meta.label: [_row_of(each) for each in _rows(model, wanted)]
            for model, wanted in keys.items()
            if wanted and model not in COMPUTED
        },
        "cleared": [each for each in cleared if each[2]],
    }


def _references(record: Model) -> QuerySet[ReferenceIndex]:
    """The index of what refers to the record, and of what it refers to."""
    kind, key = ContentType.objects.get_for_model(record), str(record.pk)
    return ReferenceIndex.objects.filter(
        Q(to_content_type=kind, to_object_id=key) | Q(base_content_type=kind, object_id=key)
    )


def _rows(model: type[Model], keys: Iterable[Any]) -> Iterable[Any]:
    for some in batched(sorted(keys), BATCH):
        yield from model._base_manager.filter(pk__in=some).order_by("pk")


def _key_of(row: Any) -> str:
    """The primary key, which may be a UUID."""
    return str(row._meta.pk.value_to_string(row))


def _row_of(row: Model) -> Row:
    """The columns. Django's serialisers would cut microseconds off."""
    return {
        field.attname: None if field.value_from_object(row) is None else field.value_to_string(row)
        for field in row._meta.concrete_fields
    }


def _from_row(model: type[Model], row: Row) -> Any:
    """A row that is not in the database yet. Columns that an upgrade has added have their defaults."""
    fields = [field for field in model._meta.concrete_fields if field.attname in row]
    return model(**{field.attname: field.to_python(row[field.attname]) for field in fields})


def record_in(model: type[Model], content: dict[str, Any]) -> Any:
    """The record itself, which is not in the database."""
    (row,) = content["rows"][model._meta.label]
    return _from_row(model, row)


class Return:
    """Puts a copy back, without what belongs to pages that were published or deleted since.

    What readers see of such a page was approved without the record. `pages` has the primary keys of the others,
    `published` those of the pages published since.
    """

    def __init__(self, model: type[Model], key: int, content: dict[str, Any], since: datetime):
        self.model, self.key, self.content = model, key, content
        self.pages: set[int] = set()
        self.rows: dict[type[Model], list[Any]] = {}
        for label, rows in content["rows"].items():
            try:
                found = apps.get_model(label)
            except LookupError:
                continue
            self.rows[found] = [_from_row(found, row) for row in rows]
        # A page that is published at the same time is published before or after all of this.
        self.since = since
        lock_pages(self._touched())
        self.published = set(Page.objects.filter(last_published_at__gt=since).values_list("pk", flat=True))

    def _touched(self) -> set[int]:
        """The pages that the record had to do with."""
        kind = ContentType.objects.get_for_model(Page).pk
        found = {int(each.object_id) for each in self.rows.get(ReferenceIndex, ()) if each.base_content_type_id == kind}
        for model, rows in self.rows.items():
            if name := page_column(model):
                found |= {getattr(each, name) for each in rows}
        return found

    def write(self) -> Any:
        """Insert the rows and return the record. Raises MissingTargetError or IntegrityError."""
        self.met = self._touched() & self.published
        references = self.rows.pop(ReferenceIndex, [])
        bookkeeping = targets_first([each for each in self.rows if each._meta.app_label == APP])
        others = [each for each in self.rows if each not in bookkeeping]
        for model in (*sorted(others, key=lambda each: each is not self.model), *bookkeeping):
            self._write_rows(model, is_bookkeeping=model in bookkeeping)
        self._set_cleared()
        references = self._with_sources(references)
        ReferenceIndex.objects.bulk_create(references, batch_size=BATCH, ignore_conflicts=True)
        return self.model._default_manager.get(pk=self.key)

    def _write_rows(self, model: type[Model], *, is_bookkeeping: bool = False) -> None:
        """With `is_bookkeeping`, some rows may have stayed, and others may have been made again since."""
        rows = self.rows[model]
        if is_bookkeeping:
            stayed = {each.pk for each in _rows(model, {each.pk for each in rows})}
            rows = without_updated_sources([each for each in rows if each.pk not in stayed], self.since)
        if name := page_column(model):
            rows = [each for each in rows if getattr(each, name) not in self.published]
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey):
                rows = self._with_targets(rows, field)
        self.rows[model] = rows
        if name:
            self.pages |= {getattr(each, name) for each in rows}
        times = [each for each in model._meta.concrete_fields if _is_set_by_insertion(each)]
        stored = [[getattr(row, field.attname) for field in times] for row in rows]
        model._base_manager.bulk_create(rows, batch_size=BATCH, ignore_conflicts=is_bookkeeping)
        if times:
            # The insertion has set them to now.
            for row, values in zip(rows, stored, strict=True):
                for field, value in zip(times, values, strict=True):
                    setattr(row, field.attname, value)
            model._base_manager.bulk_update(rows, [field.name for field in times], batch_size=BATCH)
        if is_bookkeeping:
            self.rows[model] = list(_rows(model, {each.pk for each in rows}))

    def _with_targets(self, rows: list[Any], field: ForeignKey) -> list[Any]:
        """The rows whose target exists. Without it, an optional column is empty, and another row cannot come back."""
        target: Any = field.remote_field.model
        keys = {getattr(each, field.attname) for each in rows} - {None}
        there = {each.pk for each in _rows(target, keys)} | {each.pk for each in self.rows.get(target, [])}
        found = []
        for row in rows:
            if getattr(row, field.attname) not in there | {None}:
                if field.null:
                    setattr(row, field.attname, None)
                elif field.model is self.model:
                    raise MissingTargetError(str(target._meta.verbose_name))
                else:
                    continue
            found.append(row)
        return found

    def _set_cleared(self) -> None:
        """Refer to the record again wherever nothing else was chosen since."""
        for label, name, keys in self.content["cleared"]:
            try:
                model = apps.get_model(label)
            except LookupError:
                continue
            column = page_column(model)
            for some in batched(keys, BATCH):
                rows = model._base_manager.filter(pk__in=some, **{f"{name}__isnull": True})
                if column:
                    of_pages = {key for key in rows.values_list(column, flat=True) if key not in self.published}
                    self.pages |= of_pages
                    rows = rows.filter(**{f"{column}__in": of_pages})
                rows.update(**{name: self.key})

    def _with_sources(self, references: list[Any]) -> list[Any]:
        """The references from what still exists; pages published since have their own."""
        kinds: dict[int, set[int]] = defaultdict(set)
        for each in references:
            kinds[each.base_content_type_id].add(int(each.object_id))
        there: set[tuple[int, str]] = set()
        for kind, keys in kinds.items():
            model: Any = ContentType.objects.get_for_id(kind).model_class()
            if model is Page:
                keys -= self.published
            there |= {(kind, str(each.pk)) for each in _rows(model, keys)}
            if model is Page:
                self.pages |= {int(key) for of, key in there if of == kind}
        return [each for each in references if (each.base_content_type_id, each.object_id) in there]


def _is_set_by_insertion(field: Any) -> bool:
    return getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False)


def page_column(model: type[Model]) -> str:
    """The column with the page to which all rows belong."""
    if issubclass(model, Page):
        return "pk"
    fields = (each for each in model._meta.concrete_fields if isinstance(each, ForeignKey) and not each.null)
    return next((each.attname for each in fields if each.remote_field.model is Page), "")
