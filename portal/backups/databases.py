"""Dumps a snapshot of the database, and restores a dump in one transaction."""

import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC
from hashlib import file_digest
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from portal.backups.errors import BackupError, noticing_full_disk
from portal.backups.programs import run
from portal.platform.tasks import pause

SECONDS_TO_WAIT = 30  # as in MOVE_AWAY
FILES = {"sqlite": "database.sqlite3", "postgresql": "database.sql"}
# The dump creates its own tables and functions. If the transaction also dropped the former ones, instead of moving them
# away, it would need twice as many locks: more than PostgreSQL has by default.
REPLACED = "portal_replaced"
MOVE_AWAY = """SET client_min_messages = warning;
SET lock_timeout = '30s';
CREATE SCHEMA portal_replaced;
DO $$ DECLARE each record; BEGIN
FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
EXECUTE format('ALTER TABLE public.%I SET SCHEMA portal_replaced', each.tablename);
END LOOP;
FOR each IN SELECT oid::regprocedure AS function FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'portal_') LOOP
EXECUTE format('ALTER FUNCTION %s SET SCHEMA portal_replaced', each.function);
END LOOP; END $$;
"""
# Each statement that the query returns is a transaction of its own.
DROP_REPLACED = """SET client_min_messages = warning;
SET synchronous_commit = off;
SELECT format('DROP TABLE portal_replaced.%I CASCADE', tablename)
FROM pg_tables WHERE schemaname = 'portal_replaced' \\gexec
DROP SCHEMA IF EXISTS portal_replaced CASCADE;
"""
# pg_dump 17 and newer writes this setting, which older servers reject.
TIMEOUT = b"\nSET transaction_timeout"
END_OF_DUMP = b"PostgreSQL database dump complete"


def is_empty() -> bool:
    return not connection.introspection.table_names()


def newer_migrations(applied: Iterable[str]) -> list[str]:
    """The applied migrations (`app.name`) that are neither in this version nor squashed by it."""
    here = MigrationLoader(None).disk_migrations
    known = {*here, *(old for migration in here.values() for old in migration.replaces)}
    return sorted(name for name in applied if tuple(name.split(".", 1)) not in known)


def dump(folder: Path) -> dict[str, Any]:
    """Write a snapshot of the database during concurrent writes; return its description for the manifest."""
    target = folder / FILES[connection.vendor]
    if connection.vendor == "postgresql":
        options = ("--no-owner", "--no-privileges", f"--exclude-schema={REPLACED}")
        _run_on_postgresql("pg_dump", *options, f"--file={target}")
        with target.open("r+b") as file:
            if (place := file.read(10_000).find(TIMEOUT)) >= 0:
                file.seek(place + 1)
                file.write(b"--")
    else:
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            # This is a single step, because between steps each concurrent write would restart the copy.
            connection.connection.backup(copy)
    version = ".".join(map(str, connection.get_database_version()))
    return {"vendor": connection.vendor, "version": version, "sha256": checksum(target)}


def checksum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def restore(dumped: Path) -> None:
    """Replace the content of the database in one transaction, and pause the scheduler.

    Processes that use the database continue with the restored content. Raises BackupError if they lock it for too long.
    """
    statements = [
        # The row describes a backup of the dumped installation; this installation may have none.
        "DELETE FROM core_maintenancerun WHERE name = 'backup'",
        *pause.statements(timezone.now().astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")),
    ]
    connection.close()
    if connection.vendor == "postgresql":
        _restore_on_postgresql(dumped, statements)
    else:
        _restore_on_sqlite(dumped, statements)


def _restore_on_sqlite(dumped: Path, statements: list[str]) -> None:
    waits = 0

    def give_up(status: int, remaining: int, total: int) -> None:
        nonlocal waits
        # SQLite retries every quarter of a second.
        waits += status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if waits > SECONDS_TO_WAIT * 4:
            raise BackupError("Another process holds the database: stop the web server and the scheduler.")

    name = connection.settings_dict["NAME"]
    try:
        with (
            noticing_full_disk(f"{Path(name).parent} or {settings.DATA_DIR}"),
            closing(sqlite3.connect(dumped)) as restored,
            closing(sqlite3.connect(name)) as live,
        ):
            if restored.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise BackupError("The database in the backup is damaged: it fails SQLite's integrity check.")
            restored.executescript(";".join(statements))
            restored.backup(live, progress=give_up)
    except sqlite3.Error as error:
        raise BackupError(f"SQLite rejected the backup; nothing was changed: {error}") from error


def _restore_on_postgresql(dumped: Path, statements: list[str]) -> None:
    with dumped.open("rb") as file:
        file.seek(max(0, dumped.stat().st_size - 1000))
        if END_OF_DUMP not in file.read():
            raise BackupError("The database in the backup is truncated; nothing was changed.")
    _drop_replaced(dumped)  # of a restore that was killed
    before, after = dumped.with_suffix(".before"), dumped.with_suffix(".after")
    before.write_text(MOVE_AWAY)
    own = "".join(f"{statement};\n" for statement in statements)
    after.write_text(f"SET search_path = public; SET TIME ZONE 'UTC';\n{own}ANALYZE;\n")
    options = ("--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1")
    try:
        files = (f"--file={path}" for path in (before, dumped, after))
        _run_on_postgresql("psql", *options, *files, stdout=subprocess.DEVNULL)
    except BackupError as error:
        if "lock timeout" in str(error):
            raise BackupError("Other processes hold the database: stop the web server and the scheduler.") from error
        raise BackupError(f"PostgreSQL rejected the backup; nothing was changed: {error}") from error
    _drop_replaced(dumped)


def _drop_replaced(dumped: Path) -> None:
    script = dumped.with_suffix(".dropping")
    script.write_text(DROP_REPLACED)
    options = ("--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1")
    _run_on_postgresql("psql", *options, f"--file={script}", stdout=subprocess.DEVNULL)


def check_may_create() -> None:
    """Raise BackupError if this role may not create a database on PostgreSQL."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        role, is_allowed = cursor.fetchone()
    if not is_allowed:
        raise BackupError(
            f"The role {role} may not create the database for the rehearsal. "
            f'Run as the administrator of PostgreSQL: ALTER ROLE "{role}" CREATEDB'
        )


def create(name: str) -> None:
    _run_on_postgresql("createdb", "--encoding=UTF8", "--template=template0", database=name)


def drop(name: str) -> None:
    _run_on_postgresql("dropdb", "--force", "--if-exists", database=name)


def _run_on_postgresql(program: str, *arguments: str, database: str = "", **options: Any) -> None:
    command, environment = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    # The last argument is the name of the installation's own database.
    server, name = command[1:-1], database or command[-1]
    run(program, *arguments, *server, name, environment=environment or {}, **options)
