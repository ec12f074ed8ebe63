"""Writes many rows at once, in the fastest way that the database has."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from wagtail.search.models import IndexEntry

# What SQLite may keep in memory while much is written, of its pages and of the words of its search index, in bytes.
CACHE, WORDS = 256 << 20, 64 << 20
USUAL_WORDS = 1 << 20
# After how many pages of 4 kB what was written is moved to its place.
CHECKPOINT = 50_000


def new_keys(model: type[models.Model], count: int) -> list[int]:
    """Keys that no other row has or will get; call it in the transaction that writes the rows."""
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
    """Insert the rows of one table, without those of its parents; no signal is sent.

    `ready` has the values of some columns, one for each object, as the database takes them. Where the first object has
    no key, the database gives one to each.
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
    # Not `connection`, which looks for itself again at each of many thousand values.
    here = connections[DEFAULT_DB_ALIAS]
    rows = [
        [*[prepared(getattr(each, name), here) for prepared, name in names], *rest]
        for each, *rest in zip(objects, *ready.values(), strict=True)
    ]
    write_rows(model, [*[field.column or "" for field in fields], *ready], rows)


def write_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of values that are ready for the database."""
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


@contextmanager
def roomy() -> Iterator[None]:
    """Let SQLite keep its indexes in memory while it writes much, and write to the disk in few large pieces."""
    if connection.vendor != "sqlite":
        yield
        return
    words = f"{IndexEntry._meta.db_table}_fts"
    word_memory = f"INSERT INTO {words} ({words}, rank) VALUES ('hashsize', %s)"  # noqa: S608
    with connection.cursor() as cursor:
        cache = cursor.execute("PRAGMA cache_size").fetchone()[0]
        checkpoint = cursor.execute("PRAGMA wal_autocheckpoint").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size = -{CACHE >> 10}")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
        cursor.execute(word_memory, [WORDS])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(word_memory, [USUAL_WORDS])
            cursor.execute(f"PRAGMA wal_autocheckpoint = {checkpoint}")
            cursor.execute(f"PRAGMA cache_size = {cache}")
            if not connection.in_atomic_block:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def settle() -> None:
    """Let the database know what its tables have now, or it plans its queries for the tables of before."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Without the visibility map, which VACUUM makes, a list is not read from its index alone.
            cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)")
        else:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA optimize")
