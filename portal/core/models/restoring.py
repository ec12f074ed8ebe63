"""What a version refers to, looked up at once: modelcluster asks for each key of each row of each list by itself."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from modelcluster.models import get_all_child_relations

# By the field of the target that is referred to: the keys, as JSON has them.
Keys = dict[models.Field, set[Any]]


def without_dangling_keys(model: type[models.Model], data: dict[str, Any]) -> dict[str, Any]:
    """Do with a version's JSON what `from_serializable_data(check_fks=True)` does with each key, in few queries.

    A key of something that was deleted becomes null; a row of a list that depends on it is left out.
    """
    asked: Keys = defaultdict(set)
    for field, key in _keys_with_rows(model, data):
        asked[field.target_field].add(key)
    found = {target: _existing(target, keys) for target, keys in asked.items()}
    return _cleaned(model, data, found) or {}


def _keys_with_rows(model: type[models.Model], data: dict[str, Any]) -> Iterator[tuple[models.ForeignKey, Any]]:
    yield from _keys(model, data)
    for relation in get_all_child_relations(model):
        for row in data.get(relation.get_accessor_name(), ()):
            yield from _keys_with_rows(relation.related_model, row)


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
    return set(target.model._default_manager.filter(**{f"{target.name}__in": keys}).values_list(target.name, flat=True))


def _cleaned(
    model: type[models.Model], data: dict[str, Any], found: Keys, is_row: bool = False
) -> dict[str, Any] | None:
    """The data without dangling keys; None for a row that cannot be without one of them."""
    clean = dict(data)
    for field, key in _keys(model, data):
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
