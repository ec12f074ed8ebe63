"""What a version refers to, looked up at once: modelcluster asks for each key of each row of each list by itself."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import get_all_child_relations

# By the field of the target that is referred to: the keys, as JSON has them.
Keys = dict[models.Field, set[Any]]
# By model and key.
Records = dict[type[models.Model], dict[Any, Any]]

_kept: ContextVar[Records | None] = ContextVar("records of restored versions", default=None)


_known: ContextVar[Keys | None] = ContextVar("keys that exist", default=None)


@contextmanager
def keys_asked_once() -> Iterator[None]:
    """Ask only once, while this lasts, whether the records exist that versions refer to.

    Should one be deleted meanwhile, the database refuses what would refer to it.
    """
    token = _known.set(defaultdict(set) if _known.get() is None else _known.get())
    try:
        yield
    finally:
        _known.reset(token)


@contextmanager
def keeping_records() -> Iterator[Records]:
    """Read what versions refer to as a whole while this lasts, for who shows it; otherwise only the keys are read."""
    records: Records = {}
    token = _kept.set(records)
    try:
        yield records
    finally:
        _kept.reset(token)


def refer_to_kept(record: Any, data: dict[str, Any]) -> None:
    """Let a record that was made from JSON, and the rows of its lists, hold the records that are kept."""
    records = _kept.get()
    if not records:
        return
    for field in record._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and not field.remote_field.parent_link:
            target = records.get(field.related_model, {}).get(getattr(record, field.attname))
            if target is not None:
                field.set_cached_value(record, target)
    for relation in get_all_child_relations(type(record)):
        name = relation.get_accessor_name()
        if name in data:
            for row, values in zip(getattr(record, name).get_object_list(), data[name], strict=False):
                refer_to_kept(row, values)


def keys_of(record: models.Model) -> dict[str, Any]:
    """The keys by which a record refers to others, by column."""
    fields = [field for field in record._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    keys = {field.attname: getattr(record, field.attname) for field in fields if not _may_dangle(field)}
    return {column: key for column, key in keys.items() if key is not None}


def without_dangling_keys(model: type[models.Model], data: dict[str, Any]) -> dict[str, Any]:
    """Do with a version's JSON what `from_serializable_data(check_fks=True)` does with each key, in few queries.

    A key of something that was deleted becomes null; a row of a list that depends on it is left out.
    """
    asked: Keys = defaultdict(set)
    for field, key in _keys_with_rows(model, data):
        asked[field.target_field].add(key)
    found = {target: _existing(target, keys) for target, keys in asked.items()}
    return _cleaned(model, data, found) or {}


def _keys_with_rows(
    model: type[models.Model], data: dict[str, Any], is_row: bool = False
) -> Iterator[tuple[models.ForeignKey, Any]]:
    for field, key in _keys(model, data):
        # Whatever a row says of the record that it belongs to, it becomes a row of the one that is restored.
        if not (is_row and isinstance(field, ParentalKey)):
            yield field, key
    for relation in get_all_child_relations(model):
        for row in data.get(relation.get_accessor_name(), ()):
            yield from _keys_with_rows(relation.related_model, row, is_row=True)


def _keys(model: type[models.Model], data: dict[str, Any]) -> Iterator[tuple[models.ForeignKey, Any]]:
    for name, value in data.items():
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if isinstance(field, models.ForeignKey) and value is not None and not _may_dangle(field):
            yield field, field.target_field.to_python(value)


def _may_dangle(field: models.ForeignKey) -> bool:
    return field.remote_field.on_delete is models.DO_NOTHING


def _existing(target: models.Field, keys: set[Any]) -> set[Any]:
    kept, known = _kept.get(), _known.get()
    if kept is not None and target.primary_key:
        records = kept.setdefault(target.model, {})
        records |= target.model._default_manager.in_bulk(keys - records.keys())
        found = keys & records.keys()
    else:
        found = keys & known[target] if known is not None else set()
        asked = target.model._default_manager.filter(**{f"{target.name}__in": keys - found})
        found |= set(asked.values_list(target.name, flat=True))
    if known is not None:
        known[target] |= found
    return found


def _cleaned(
    model: type[models.Model], data: dict[str, Any], found: Keys, is_row: bool = False
) -> dict[str, Any] | None:
    """The data without dangling keys; None for a row that cannot be without one of them."""
    clean = dict(data)
    for field, key in _keys(model, data):
        if is_row and isinstance(field, ParentalKey):
            continue
        if key not in found[field.target_field]:
            if is_row and field.remote_field.on_delete is models.CASCADE:
                return None
            clean[field.name] = None
    for relation in get_all_child_relations(model):
        name = relation.get_accessor_name()
        if name in data:
            rows = (_cleaned(relation.related_model, row, found, is_row=True) for row in data[name])
            clean[name] = [row for row in rows if row is not None]
    return clean
