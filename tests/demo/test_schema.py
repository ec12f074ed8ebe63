"""A new SQLite database starts from the schema of the last release, and equals one that ran all migrations."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db.utils import ConnectionHandler

from portal.demo import schema
from portal.demo.management.commands import demo
from portal.env import BASE_DIR

LATER = {"sheets": "tests.operation.next_version.migrations"}


def content(path: Path) -> tuple[dict[str, str], dict[str, int]]:
    """The definition of each table, index and trigger, and the number of rows of each table."""
    with closing(sqlite3.connect(path)) as database:
        made = dict(database.execute("SELECT name, sql FROM sqlite_master"))
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
    return made, rows


@pytest.fixture
def empty(tmp_path, monkeypatch, settings):
    """The database that `make demo` begins with."""
    embedded = ConnectionHandler(
        {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "portal.sqlite3"}}
    )["default"]
    # Django's checks query SQLite, and so create the file, before the command begins.
    embedded.ensure_connection()
    monkeypatch.setattr(demo, "connection", embedded)
    yield embedded
    embedded.close()


def test_first_start_applies_the_migrations_since_the_release_only(empty, monkeypatch, settings):
    calls = []
    monkeypatch.setattr(demo, "call_command", lambda *args, **options: calls.append(args))
    settings.MIGRATION_MODULES = LATER

    demo.Command().migrate()

    assert calls == [("migrate",)]
    assert "wagtailcore_page" in empty.introspection.table_names()


def test_schema_of_deleted_migrations_is_not_used(empty, monkeypatch):
    monkeypatch.setattr(schema, "MigrationLoader", lambda connection: type("Empty", (), {"disk_migrations": {}})())

    assert not schema.load_schema(empty.connection)
    assert empty.introspection.table_names() == []


def test_release_schema_and_later_migrations_equal_all_migrations(tmp_path):
    found = []
    for name in ("all", "released_schema"):
        path = tmp_path / f"{name}.sqlite3"
        with closing(sqlite3.connect(path)) as database:
            if name == "released_schema":
                schema.load_schema(database)
        environment = os.environ | {"DATABASE_URL": f"sqlite:///{path}", "DATA_DIR": str(tmp_path)}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=BASE_DIR, env=environment, check=True)
        found.append(content(path))

    assert found[0] == found[1]
