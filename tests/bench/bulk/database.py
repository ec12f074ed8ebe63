"""Settings and statistics of the database for content in bulk."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from search.indexes import DRAFTS, PUBLIC

# During bulk inserts, in bytes: SQLite's page cache and the hash tables of its full-text indexes.
CACHE, FTS_HASH = 256 << 20, 64 << 20
DEFAULT_FTS_HASH = 1 << 20
# The number of WAL pages (of 4 kB) between checkpoints.
CHECKPOINT = 50_000


@contextmanager
def bulk_settings() -> Iterator[None]:
    """Give SQLite a large cache and rare checkpoints during bulk inserts; do nothing on PostgreSQL."""
    if connection.vendor != "sqlite":
        yield
        return
    set_hash_size = [
        f"INSERT INTO {each.words} ({each.words}, rank) VALUES ('hashsize', %s)" for each in (PUBLIC, DRAFTS)
    ]
    with connection.cursor() as cursor:
        cache = cursor.execute("PRAGMA cache_size").fetchone()[0]
        checkpoint = cursor.execute("PRAGMA wal_autocheckpoint").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size = -{CACHE >> 10}")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
        for statement in set_hash_size:
            cursor.execute(statement, [FTS_HASH])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for statement in set_hash_size:
                cursor.execute(statement, [DEFAULT_FTS_HASH])
            cursor.execute(f"PRAGMA wal_autocheckpoint = {checkpoint}")
            cursor.execute(f"PRAGMA cache_size = {cache}")
            if not connection.in_atomic_block:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def refresh_statistics() -> None:
    """Update the database's table statistics for its query planner."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # VACUUM creates the visibility map, without which there are no index-only scans.
            cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)")
        else:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA optimize")
