"""Inserts many rows, in the fastest way of each database."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models


def new_keys(model: type[models.Model], count: int) -> list[int]:
    """Reserve primary keys; to be called in the transaction that inserts the rows."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sequence, [f'"{table}"', column, count])
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()[0]
        return list(range(last + 1, last + 1 + count))


def write_objects(
    model: type[models.Model], objects: Sequence[models.Model], ready: Mapping[str, Sequence[Any]] | None = None
) -> None:
    """Insert into the table of the model, not into those of its parents; no signal is sent.

    `ready` has columns of values that are prepared for the database. If the first object has no primary key, the
    database assigns all keys.
    """
    ready = ready or {}
    if not objects:
        return
    fields = [
        field
        for field in model._meta.local_concrete_fields
        if field.column not in ready and not (field.primary_key and getattr(objects[0], field.attname) is None)
    ]
    names = [(field.get_db_prep_save, field.attname) for field in fields]
    # `connection` is a proxy, whose look-up for each of many thousand values is slow.
    database = connections[DEFAULT_DB_ALIAS]
    rows = [
        [*[prepared(getattr(each, name), database) for prepared, name in names], *rest]
        for each, *rest in zip(objects, *ready.values(), strict=True)
    ]
    write_rows(model, [*[field.column or "" for field in fields], *ready], rows)


def write_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of values that are prepared for the database."""
    quote = connection.ops.quote_name
    target = f"{quote(model._meta.db_table)} ({', '.join(quote(column) for column in columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {target} VALUES ({places})", rows)  # noqa: S608
