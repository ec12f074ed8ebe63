"""Settings and statistics of the database for content in bulk."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from wagtail.search.models import IndexEntry

# During bulk inserts, in bytes: the page cache of SQLite and the hash table of its full-text index.
CACHE, FTS_HASH = 256 << 20, 64 << 20
DEFAULT_FTS_HASH = 1 << 20
# The number of WAL pages (of 4 kB) between checkpoints.
CHECKPOINT = 50_000


@contextmanager
def bulk_settings() -> Iterator[None]:
    """Give SQLite a large cache and rare checkpoints during bulk inserts; does nothing on PostgreSQL."""
    if connection.vendor != "sqlite":
        yield
        return
    table = f"{IndexEntry._meta.db_table}_fts"
    set_hash_size = f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', %s)"
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
