"""Locks against other processes of this installation, which are released even if their process is killed."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections


class PoolerError(ImproperlyConfigured):
    """A session is needed, and the database is reached through a pooler."""


def process_lock(name: str) -> AbstractContextManager[Callable[[], bool]]:
    """Within the context, the function tries to take the lock, and returns whether this process has it.

    Raises PoolerError if the database is reached through a pooler.
    """
    return _on_postgresql(name) if connection.vendor == "postgresql" else _by_file(name)


@contextmanager
def _on_postgresql(name: str) -> Iterator[Callable[[], bool]]:
    # The number of an advisory lock.
    number = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
    # A separate connection: migrations do not close it.
    with closing(connections.create_connection("default")) as own:
        _refuse_pooler(own)

        def is_taken() -> bool:
            with own.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
                return bool(cursor.fetchone()[0])

        try:
            yield is_taken
        finally:
            # In a pool, the connection stays open.
            with own.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock_all()")


def _refuse_pooler(own: Any) -> None:
    """In transaction mode, a lock would stay with a connection of the pooler, which other clients use next."""
    with own.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [server_process] = cursor.fetchone()
    # A pooler gives its clients process ids of its own.
    if server_process != own.connection.info.backend_pid:
        raise PoolerError(
            "DATABASE_URL leads to a pooler, such as PgBouncer, where a lock cannot be held: it must be the address of "
            "PostgreSQL itself. The address of the pooler is DATABASE_POOLER_URL."
        )


@contextmanager
def _by_file(name: str) -> Iterator[Callable[[], bool]]:
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    database: Any = connection
    # Only this process has a database in memory.
    own = f"{name}-{os.getpid()}" if database.is_in_memory_db() else name
    with (settings.DATA_DIR / f"{own}.lock").open("w") as file:

        def is_taken() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        yield is_taken
