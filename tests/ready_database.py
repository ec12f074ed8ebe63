"""Migrated test databases, copied from the one that the first worker of the first run migrates."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from fcntl import LOCK_EX, flock
from unittest import mock

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection, connections

from portal.demo.schema import fingerprint, load_schema
from tests.own_database import connected_to

LOCK = 5_432_017
MIGRATED = settings.BASE_DIR / "var" / "tests"
TEMPLATES = "portal_schema_"


@contextmanager
def ready_database() -> Iterator[None]:
    """Within the block, Django creates its test database without migrations if an identical one is ready."""
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = _template()
        with _first_migration_by(lambda database: True):
            yield
    else:
        with _first_migration_by(_fill):
            yield


@contextmanager
def _first_migration_by(prepare: Callable[[str], bool]) -> Iterator[None]:
    """Call a function with the database's alias before the first migration; if it returns True, no migration is run."""
    migrated = migrate.Command.handle

    def handle(command: migrate.Command, *args: object, database: str, **options: object) -> None:
        migrate.Command.handle = migrated
        if not prepare(database):
            migrated(command, *args, database=database, **options)

    with mock.patch.object(migrate.Command, "handle", handle):
        yield


def _fill(database: str) -> bool:
    """Copy the schema that another worker or an earlier run has migrated; the first one migrates it."""
    own = connections[database]
    own.ensure_connection()
    path = MIGRATED / f"schema-{fingerprint()}.sqlite3"
    MIGRATED.mkdir(parents=True, exist_ok=True)
    with (MIGRATED / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if path.exists():
            with closing(sqlite3.connect(path)) as known:
                known.backup(own.connection)
            return True
        if not load_schema(own.connection):
            call_command("migrate", database=database, verbosity=0, interactive=False)
        for old in MIGRATED.glob("schema-*"):
            old.unlink()
        unfinished = path.with_suffix(".unfinished")
        with closing(sqlite3.connect(unfinished)) as copy:
            own.connection.backup(copy)
        unfinished.rename(path)
    return True


def _template() -> str:
    """The name of a migrated database without connections; the first worker creates it."""
    name = f"{TEMPLATES}{fingerprint()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{TEMPLATES}%"])
        known = {row[0] for row in cursor.fetchall()}
        if name not in known:
            for old in known:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
            unfinished = f"{TEMPLATES}unfinished"
            cursor.execute(f'CREATE DATABASE "{unfinished}"')
            with connected_to(unfinished):
                call_command("migrate", verbosity=0, interactive=False)
            cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name
