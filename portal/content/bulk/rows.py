"""Inserts many rows in the fastest way for each database."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import batched, chain
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

# The maximum number of values per statement, far below the limits of the databases.
MAX_VALUES = 1000


def new_keys(model: type[models.Model], count: int) -> list[int]:
    """Reserve primary keys. Call this within the transaction that inserts the rows."""
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
    """Insert rows into the model's own table, but not into its parents' tables. No signals are sent.

    `ready` has column values already converted for the database. If the first object has no primary key, the database
    assigns all keys.
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
    # `connection` is a proxy. Resolving it for many thousands of values is slow.
    database = connections[DEFAULT_DB_ALIAS]
    rows = [
        [*[prepared(getattr(each, name), database) for prepared, name in names], *rest]
        for each, *rest in zip(objects, *ready.values(), strict=True)
    ]
    write_rows(model, [*[field.column or "" for field in fields], *ready], rows)


def write_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows whose values are already converted for the database."""
    target = _target(model, columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            # SQLite records the last key once per statement, so one statement for many rows takes a quarter of the
            # time.
            for places, values in _statements(columns, rows):
                cursor.execute(f"INSERT INTO {target} VALUES {places}", values)  # noqa: S608


def write_new_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], returning: Sequence[str]
) -> list[Any]:
    """Insert the rows that violate no unique constraint and return their `returning` columns."""
    target = _target(model, columns)
    found = ", ".join(map(connection.ops.quote_name, returning))
    written: list[Any] = []
    with connection.cursor() as cursor:
        for places, values in _statements(columns, rows):
            cursor.execute(f"INSERT INTO {target} VALUES {places} ON CONFLICT DO NOTHING RETURNING {found}", values)  # noqa: S608
            written += cursor.fetchall()
    return written


def _target(model: type[models.Model], columns: Sequence[str]) -> str:
    quote = connection.ops.quote_name
    return f"{quote(model._meta.db_table)} ({', '.join(quote(column) for column in columns)})"


def _statements(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the placeholders and values of each statement."""
    row = f"({', '.join(['%s'] * len(columns))})"
    for batch in batched(rows, max(1, MAX_VALUES // len(columns))):
        yield ", ".join([row] * len(batch)), list(chain.from_iterable(batch))
