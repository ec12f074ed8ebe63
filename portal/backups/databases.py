"""Dumps the database as it is at one moment, and puts a dump in its place, wholly or not at all."""

import errno
import gzip
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from portal.backups.errors import BackupError, noticing_full_disk
from portal.platform.tasks import pause

SECONDS_TO_WAIT = 30
FULL = "No space left on device"
FILES = {"sqlite": "database.sqlite3.gz", "postgresql": "database.pgdump"}
# Tables of a later schema would otherwise stay beside those of the dump; it makes its functions itself.
DROP_TABLES = """DO $$ DECLARE each record; BEGIN
FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', each.tablename);
END LOOP;
FOR each IN SELECT oid::regprocedure AS function FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'portal_') LOOP
EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', each.function);
END LOOP; END $$;
"""
# The programs of 17 and newer say this to every server, and older ones do not know it.
TIMEOUT = b"SET transaction_timeout = 0;\n"
TIMEOUT_IF_KNOWN = (
    b"SELECT set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout';\n"
)


def check_tools() -> None:
    """Raise BackupError where a program is missing, or older than the server."""
    if connection.vendor != "postgresql":
        return
    server = connection.get_database_version()[0]
    for program in ("pg_dump", "pg_restore", "psql"):
        if not shutil.which(program):
            raise BackupError(f"{program} is not installed. Debian: apt install postgresql-client")
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
        found = int(re.findall(r"(\d+)", version)[0])
        if found < server:
            raise BackupError(
                f"{program} is version {found}, and the server is version {server}: "
                f"install the client programs of PostgreSQL {server} or newer."
            )


def dump(target: Path) -> None:
    """Write the database as it is now; who writes or reads meanwhile does not wait."""
    if connection.vendor == "postgresql":
        _run_on_postgresql("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        return
    copy = target.with_suffix(".copy")
    connection.ensure_connection()
    with closing(sqlite3.connect(copy)) as file:
        # In one step: what is written meanwhile does not make it begin anew.
        connection.connection.backup(file)
    with copy.open("rb") as source, gzip.open(target, "wb", compresslevel=3) as packed:
        shutil.copyfileobj(source, packed, 1024 * 1024)
    copy.unlink()


def is_empty() -> bool:
    return not connection.introspection.table_names()


def put_back(source: Path) -> None:
    """Replace all that the database holds, in one transaction, and pause the scheduler.

    Processes that run on it go on with what is restored. Raises BackupError if they hold on to it for too long.
    """
    statements = _afterwards()
    connection.close()
    if connection.vendor == "postgresql":
        _put_back_on_postgresql(source, statements)
    else:
        _put_back_on_sqlite(source, statements)


def _afterwards() -> list[str]:
    """What is changed of the restored content in the same transaction."""
    moment = timezone.now().astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return [
        # Of the installation that the backup was made of; this one may have none.
        "DELETE FROM core_maintenancerun WHERE name = 'backup'",
        *pause.statements(moment),
    ]


def _put_back_on_sqlite(source: Path, statements: list[str]) -> None:
    copy = source.with_suffix(".copy")
    try:
        with noticing_full_disk(str(settings.DATA_DIR)), gzip.open(source) as packed, copy.open("wb") as target:
            shutil.copyfileobj(packed, target, 1024 * 1024)
    except (OSError, EOFError) as error:
        raise BackupError(f"The database in the backup is damaged: {error}") from error
    waited = 0

    def give_up(status: int, remaining: int, total: int) -> None:
        nonlocal waited
        # SQLite asks again every quarter of a second.
        waited += status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if waited > SECONDS_TO_WAIT * 4:
            raise BackupError("Another process holds the database: stop the web server and the scheduler.")

    name = connection.settings_dict["NAME"]
    try:
        with noticing_full_disk(f"{Path(name).parent} or {settings.DATA_DIR}"):
            _replace(copy, name, statements, give_up)
    except sqlite3.Error as error:
        raise BackupError(f"SQLite did not take the backup, and nothing is changed: {error}") from error
    copy.unlink()


def _replace(copy: Path, name: str, statements: list[str], progress: Callable[[int, int, int], None]) -> None:
    with closing(sqlite3.connect(copy)) as restored, closing(sqlite3.connect(name)) as live:
        if restored.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise BackupError("The database in the backup is damaged: SQLite's integrity check fails.")
        for statement in statements:
            restored.execute(statement)
        restored.commit()
        restored.backup(live, progress=progress)


def _put_back_on_postgresql(source: Path, statements: list[str]) -> None:
    psql = _on_postgresql("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    errors = source.with_suffix(".errors")
    with errors.open("w+b") as said:
        reading = subprocess.Popen(  # noqa: S603
            [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(source)],
            stdout=subprocess.PIPE,
            stderr=said,
        )
        writing = subprocess.Popen(psql[0], env=psql[1], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said)  # noqa: S603
        assert writing.stdin  # noqa: S101
        assert reading.stdout  # noqa: S101
        try:
            # Only errors are reported: what is dropped along with a table is none.
            quiet = f"SET client_min_messages = warning;\nSET lock_timeout = '{SECONDS_TO_WAIT}s';\nBEGIN;\n"
            writing.stdin.write(f"{quiet}{DROP_TABLES}".encode())
            for line in reading.stdout:
                writing.stdin.write(TIMEOUT_IF_KNOWN if line == TIMEOUT else line)
                if line.startswith(b"SET row_security"):
                    # The last of those that come first.
                    break
            shutil.copyfileobj(reading.stdout, writing.stdin, 1024 * 1024)
            # Without this word, such as after a dump that ends too early, nothing is changed.
            if reading.wait() == 0:
                own = "".join(f"{statement};\n" for statement in statements)
                writing.stdin.write(
                    f"\nSET search_path = public; SET TIME ZONE 'UTC';\n{own}COMMIT;\nANALYZE;\n".encode()
                )
        except BrokenPipeError:
            reading.kill()
        finally:
            writing.stdin.close()
            reading.stdout.close()
            ended = (writing.wait(), reading.wait())
        if any(ended):
            said.seek(0)
            reason = said.read().decode(errors="replace").strip()
            if "lock timeout" in reason:
                raise BackupError("Other processes hold the database: stop the web server and the scheduler.")
            raise BackupError(f"PostgreSQL did not take the backup, and nothing is changed: {reason[:500]}")


def check_may_create() -> None:
    """Raise BackupError where PostgreSQL would refuse another database beside the installation's."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        role, is_allowed = cursor.fetchone()
    if not is_allowed:
        raise BackupError(
            f"The role {role} may not create the database that a backup is rehearsed in. "
            f'As the administrator of PostgreSQL: ALTER ROLE "{role}" CREATEDB'
        )


def create(name: str) -> None:
    """Make an empty database on the same server."""
    _run_on_postgresql("createdb", "--encoding=UTF8", "--template=template0", database=name)


def drop(name: str) -> None:
    _run_on_postgresql("dropdb", "--force", "--if-exists", database=name)


def _run_on_postgresql(program: str, *arguments: str, database: str = "") -> None:
    command, environment = _on_postgresql(program, *arguments)
    if database:
        # The last argument is the portal's own.
        command[-1] = database
    # So that a full disk is known by its words.
    environment["LC_ALL"] = "C"
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode:
        reason = ended.stderr.strip()[:500]
        if FULL in reason:
            raise OSError(errno.ENOSPC, f"{program}: {FULL}")
        raise BackupError(f"{program} failed: {reason}")


def _on_postgresql(program: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """A command and its environment, with what Django gives to `psql`; the password does not stand in the command."""
    found, environment = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    return [_program(program), *arguments, *found[1:]], {**os.environ, **(environment or {})}


def _program(name: str) -> str:
    check = shutil.which(name)
    if not check:
        raise BackupError(f"{name} is not installed. Debian: apt install postgresql-client")
    return check


def description() -> dict[str, Any]:
    """What the manifest says of the database."""
    version = ".".join(str(part) for part in connection.get_database_version())
    return {"vendor": connection.vendor, "version": version, "file": FILES[connection.vendor]}
