"""A new SQLite database starts from the schema of the last release, and equals one that ran all migrations."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import models
from django.db.migrations import AddField, Migration, RunPython, RunSQL
from django.db.utils import ConnectionHandler

from portal.demo import schema
from portal.env import BASE_DIR

FIRST_START = "from portal.demo.management.commands.demo import Command; Command().migrate()"


def parts(sql: str | None) -> list[str]:
    """A table's columns and constraints in any order, since migrations append them."""
    start, _, rest = (sql or "").partition(" (")
    return [start, *sorted(rest.removesuffix(")").split(", "))]


def content(path: Path) -> tuple[dict[str, list[str]], dict[str, int]]:
    """The definition of each table, index and trigger, and the number of rows of each table."""
    with closing(sqlite3.connect(path)) as database:
        made = {name: parts(sql) for name, sql in database.execute("SELECT name, sql FROM sqlite_master")}
        # SQLite's own table also has a row for each table that a migration rebuilt.
        del made["sqlite_sequence"]
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables.remove("sqlite_sequence")
        rows = {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
    return made, rows


@pytest.fixture
def empty(tmp_path, django_db_blocker):
    """The database that `make demo` begins with."""
    embedded = ConnectionHandler(
        {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "portal.sqlite3"}}
    )["default"]
    with django_db_blocker.unblock():
        # Django's checks query SQLite and so create the file before the command begins.
        embedded.ensure_connection()
        yield embedded
        embedded.close()


@pytest.mark.parametrize(
    "operation",
    [RunSQL("SELECT 1"), RunPython(RunPython.noop), AddField("Removed", "colour", models.TextField(null=True))],
    ids=["SQL", "rows", "unknown model"],
)
def test_other_migrations_are_left_to_migrate(operation):
    later = type("Migration", (Migration,), {"operations": [operation]})("9999_later", "wagtailcore")

    assert schema._changed_models([later], {"wagtailcore"}) is None


def test_schema_of_deleted_migrations_is_not_used(empty, monkeypatch):
    monkeypatch.setattr(schema, "MigrationLoader", lambda connection: type("Empty", (), {"disk_migrations": {}})())

    assert not schema.load_schema(empty.connection)
    assert empty.introspection.table_names() == []


def test_first_start_equals_all_migrations(tmp_path):
    found = []
    for name, command in {"all": ["migrate", "-v0"], "demo": ["shell", "-v0", "-c", FIRST_START]}.items():
        path = tmp_path / f"{name}.sqlite3"
        environment = os.environ | {"DATABASE_URL": f"sqlite:///{path}", "DATA_DIR": str(tmp_path)}
        subprocess.run([sys.executable, "manage.py", *command], cwd=BASE_DIR, env=environment, check=True)
        found.append(content(path))

    assert found[0] == found[1]
