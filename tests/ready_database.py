"""Migrated test databases: SQLite from the schema of the last release, PostgreSQL from a template database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection, connections

from portal.demo.schema import fill, fingerprint
from tests.own_database import connected_to

LOCK = 5_432_017
TEMPLATES = "portal_schema_"


@contextmanager
def ready_database() -> Iterator[None]:
    """Within the block, Django creates its test database without migrations if an identical ready-made one exists."""
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
    connections[database].ensure_connection()
    return fill(connections[database].connection)


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
