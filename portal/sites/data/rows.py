"""Converts a table's rows to JSON and back to database values."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import FileField, JSONField, Model, QuerySet
from wagtail.blocks import StreamValue
from wagtail.fields import StreamField

from portal.sites.data.errors import TransferError

# A row's columns by field name.
Row = dict[str, Any]
CHUNK = 500


def rows_as_json(queryset: QuerySet[Any]) -> Iterator[Row]:
    """Yield the columns of the model's own table by field name."""
    fields = queryset.model._meta.local_concrete_fields
    names = [field.name for field in fields]
    for values in queryset.values_list(*[field.attname for field in fields]).iterator(CHUNK):
        yield {name: as_json(value) for name, value in zip(names, values, strict=True)}


def as_json(value: Any) -> Any:
    if isinstance(value, StreamValue):
        return [dict(item) for item in value.raw_data]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def database_values(model: type[Model], row: Row) -> list[Any]:
    """A row's values for the database. Raises TransferError for an invalid row."""
    database = connections[DEFAULT_DB_ALIAS]
    found = []
    for field in model._meta.local_concrete_fields:
        value = row[field.name]
        if isinstance(field, StreamField):
            if not isinstance(value, list):
                raise TransferError(f"{model._meta.label}.{field.name} is not a stream.")
            found.append(field.json_field.get_db_prep_value(value, connection=database, prepared=True))
            continue
        if value is None and not field.null:
            raise TransferError(f"{model._meta.label}.{field.name} is missing.")
        try:
            if not isinstance(field, JSONField | FileField) and not field.is_relation:
                value = field.to_python(value)
            _check_length(field, value)
            found.append(field.get_db_prep_save(value, connection=database))
        except (ValidationError, ValueError, TypeError, OverflowError) as error:
            raise TransferError(f"{model._meta.label}.{field.name} cannot be {value!r:.80}.") from error
    return found


def _check_length(field: Any, value: Any) -> None:
    # SQLite does not enforce it.
    if isinstance(value, str) and (limit := getattr(field, "max_length", None)) and len(value) > limit:
        raise ValueError("too long")
