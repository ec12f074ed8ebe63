"""Bulk inserts, in the fastest way of each database."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from wagtail.search.models import IndexEntry

# During bulk inserts, in bytes: the page cache of SQLite and the hash table of its full-text index.
CACHE, FTS_HASH = 256 << 20, 64 << 20
DEFAULT_FTS_HASH = 1 << 20
# The number of WAL pages (of 4 kB) between checkpoints.
CHECKPOINT = 50_000


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


@contextmanager
def bulk_settings() -> Iterator[None]:
    """Give SQLite a large cache and rare checkpoints during bulk inserts; does nothing on PostgreSQL."""
    if connection.vendor != "sqlite":
        yield
        return
    table = f"{IndexEntry._meta.db_table}_fts"
    set_hash_size = f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', %s)"  # noqa: S608
    with connection.cursor() as cursor:
        cache = cursor.execute("PRAGMA cache_size").fetchone()[0]
        checkpoint = cursor.execute("PRAGMA wal_autocheckpoint").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size = -{CACHE >> 10}")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
        cursor.execute(set_hash_size, [FTS_HASH])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(set_hash_size, [DEFAULT_FTS_HASH])
            cursor.execute(f"PRAGMA wal_autocheckpoint = {checkpoint}")
            cursor.execute(f"PRAGMA cache_size = {cache}")
            if not connection.in_atomic_block:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def refresh_statistics() -> None:
    """Update the table statistics of the database, which its planner depends on."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # VACUUM creates the visibility map, without which there are no index-only scans.
            cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)")
        else:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA optimize")
