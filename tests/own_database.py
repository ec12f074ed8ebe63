"""A second database in which everything is committed, for threads and other processes."""

import gc
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.db import connection, connections


@contextmanager
def copied_database(folder: Path) -> Iterator[str]:
    """A copy of the empty, migrated test database: its name, or the path of its file."""
    if connection.vendor == "sqlite":
        yield _copy_of_sqlite(folder / "portal.sqlite3")
        return
    copy = f"crowd_{uuid4().hex[:12]}"
    _on_postgresql(f'CREATE DATABASE "{copy}" TEMPLATE "{connection.settings_dict["NAME"]}"')
    try:
        yield copy
    finally:
        _on_postgresql(f'DROP DATABASE "{copy}" WITH (FORCE)')


@contextmanager
def connected_to(database: str) -> Iterator[None]:
    """Make this thread, and threads that it starts, use another database."""
    settings, stored = connections.settings["default"], connections["default"]
    before = settings["NAME"]
    settings["NAME"] = database
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        settings["NAME"] = before
        connections["default"] = stored


def address_of(database: str) -> str:
    """The `DATABASE_URL` of the database, for another process."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{database}"
    return os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{database}"


def _copy_of_sqlite(path: Path) -> str:
    connection.ensure_connection()
    # The copy would wait for a query of which the result was not read to the end.
    gc.collect()
    with sqlite3.connect(path) as file:
        connection.connection.backup(file)
    file.close()
    return str(path)


def _on_postgresql(statement: str) -> None:
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
