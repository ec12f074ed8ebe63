"""Measures the loss after a crash with the continuous copies of docs/operations.md. Run with `make faults`.

A process writes twenty rows a second and reports each commit. Reported rows that are not in the copy are lost.
"""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest

from portal.demo.schema import load_schema
from portal.env import BASE_DIR
from tests.faults import tell, wait_for
from tests.production.cluster import ACCOUNT, Cluster, as_postgres, primary, programs

ROWS = 200
LITESTREAM = BASE_DIR / "var" / "litestream" / "bin" / "litestream"
MANUAL = BASE_DIR / "docs" / "operations.md"

WRITE_SQLITE = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("CREATE TABLE IF NOT EXISTS written (number INTEGER)")
for number in range(1, 100_000):
    database.execute("INSERT INTO written VALUES (?)", [number])
    print(number, time.monotonic(), flush=True)
    time.sleep(0.05)
"""
WRITE_POSTGRESQL = """
import psycopg, sys, time
with psycopg.connect(sys.argv[1], autocommit=True) as database:
    for number in range(1, 100_000):
        database.execute("INSERT INTO written VALUES (%s)", [number])
        print(number, time.monotonic(), flush=True)
        time.sleep(0.05)
"""


def documented(start: str) -> str:
    """The command in the manual that begins like this, on one line."""
    chapter = MANUAL.read_text().split("## Continuous copies")[1].split("\n## ")[0]
    commands = [" ".join(found.split()) for found in re.findall(r"`([^`]+)`", chapter)]
    return next(command for command in commands if command.startswith(start))


@contextmanager
def running(*command: str | Path, **options: object) -> Iterator[subprocess.Popen[str]]:
    """A process in its own process group, which is killed at the end."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True, **options) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def committed_rows(writer: subprocess.Popen[str], rows: int) -> list[tuple[int, float]]:
    """The next rows that the writer has committed, with their times."""
    assert writer.stdout
    lines = [writer.stdout.readline().split() for _row in range(rows)]
    return [(int(number), float(moment)) for number, moment in lines]


def lost(written: list[tuple[int, float]], kept: int) -> tuple[int, float]:
    """The number of rows that are not in the copy, and the time between their commit and the crash."""
    missing = [moment for number, moment in written if number > kept]
    return len(missing), written[-1][1] - missing[0] if missing else 0.0


def copied_by_litestream(folder: Path, restore: str) -> tuple[Path, str, str]:
    """An empty database, and the commands of the manual that copy and restore it."""
    database = folder / "portal.sqlite3"
    with closing(sqlite3.connect(database)) as empty:
        load_schema(empty)
        empty.execute("PRAGMA journal_mode=WAL")
    commands = [documented("litestream replicate"), documented(restore)]
    places = {"var/portal.sqlite3": str(database), "/mnt/copy/portal": str(folder / "copy")}
    for word, place in (places | {"litestream ": f"{LITESTREAM} "}).items():
        commands = [command.replace(word, place, 1) for command in commands]
    return database, commands[0], commands[1]


def record_loss(what: str, rows: int, seconds: float, took: float) -> None:
    remark = f"lost: rows of {seconds:.1f} s; copy restored in {took:.1f} s"
    tell(f"all killed beside a continuous copy by {what}", ROWS, lost=rows, remark=remark)


@pytest.mark.skipif(not LITESTREAM.exists(), reason="Litestream is not installed: `make faults` does so")
def test_litestream_loses_seconds_at_most(tmp_path, django_db_blocker):
    with django_db_blocker.unblock():
        database, replicate, restore = copied_by_litestream(tmp_path, "litestream restore -o")

    with (
        running(*replicate.split(), stderr=subprocess.DEVNULL) as copying,
        running(sys.executable, "-c", WRITE_SQLITE, str(database)) as writer,
    ):
        written = committed_rows(writer, ROWS)
        kill(writer)
        kill(copying)
    for part in tmp_path.glob("portal.sqlite3*"):
        part.rename(tmp_path / f"old-{part.name}")
    began = monotonic()
    subprocess.run(restore.split(), check=True, capture_output=True)
    took = monotonic() - began

    with closing(sqlite3.connect(database)) as restored:
        assert restored.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (stored,) = restored.execute("SELECT max(number) FROM written").fetchone()
    rows, seconds = lost(written, stored or 0)
    record_loss("Litestream", rows, seconds, took)
    assert seconds <= 2


@pytest.mark.skipif(not LITESTREAM.exists(), reason="Litestream is not installed: `make faults` does so")
def test_litestream_restores_a_time(tmp_path, django_db_blocker):
    with django_db_blocker.unblock():
        database, replicate, restore = copied_by_litestream(tmp_path, "litestream restore -timestamp")

    with (
        running(*replicate.split(), stderr=subprocess.DEVNULL) as copying,
        running(sys.executable, "-c", WRITE_SQLITE, str(database)) as writer,
    ):
        written = committed_rows(writer, ROWS // 2)
        time_between = datetime.now(UTC)
        later = committed_rows(writer, ROWS // 2)
        kill(writer)
        kill(copying)
    for part in tmp_path.glob("portal.sqlite3*"):
        part.rename(tmp_path / f"old-{part.name}")
    restore = restore.replace("2027-03-01T09:59:00Z", time_between.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    subprocess.run(restore.split(), check=True, capture_output=True)

    with closing(sqlite3.connect(database)) as restored:
        assert restored.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (stored,) = restored.execute("SELECT max(number) FROM written").fetchone()
    record_difference("Litestream", written, later, stored or 0)


def record_difference(what: str, written: list[tuple[int, float]], later: list[tuple[int, float]], stored: int) -> None:
    """The last restored row must be one of the second before the time, and none was written after it."""
    missing, seconds = lost(written, stored)
    too_many = max(0, stored - written[-1][0])
    remark = f"rows of {seconds:.1f} s before the time are missing, {too_many} are from after it"
    tell(f"restored to a time by {what}", len(written) + len(later), errors=too_many, lost=missing, remark=remark)
    # The row that is being written at that time has an earlier commit.
    assert too_many <= 1
    assert seconds <= 2


@pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/usr/lib/postgresql").exists(),
    reason="servers of PostgreSQL are started by root, from the packages of Debian",
)
def test_archived_wal_loses_seconds_at_most():
    with archived_server() as (server, receiving, writer):
        written = committed_rows(writer, ROWS)
        kill(writer)
        kill(receiving)
        server.stop("immediate")
        began = monotonic()
        copy = restored_from(server.folder / "copy", server)
        copy.start()
        try:
            copy.run("SELECT 1")
            took = monotonic() - began
            stored = int(copy.run("SELECT max(number) FROM written"))
        finally:
            copy.stop("immediate")
    rows, seconds = lost(written, stored)
    record_loss("pg_receivewal", rows, seconds, took)
    assert seconds <= 1


@pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/usr/lib/postgresql").exists(),
    reason="servers of PostgreSQL are started by root, from the packages of Debian",
)
def test_archived_wal_restores_a_time():
    with archived_server() as (server, receiving, writer):
        written = committed_rows(writer, ROWS // 2)
        time_between = datetime.now(UTC)
        later = committed_rows(writer, ROWS // 2)
        kill(writer)
        kill(receiving)
        server.stop("immediate")
        copy = restored_from(server.folder / "copy", server)
        target = documented("recovery_target_time").replace("2027-03-01 09:59:00+00", time_between.isoformat(" "))
        with (copy.data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"{target}\n{documented('recovery_target_action')}\n")
        copy.start()
        try:
            wait_for(lambda: copy.run("SELECT pg_is_in_recovery()") == "f", 30)
            stored = int(copy.run("SELECT max(number) FROM written"))
        finally:
            copy.stop("immediate")
    record_difference("archived WAL", written, later, stored)


@contextmanager
def archived_server() -> Iterator[tuple[Cluster, subprocess.Popen[str], subprocess.Popen[str]]]:
    """A server with a base copy, the process that receives its log, and the one that writes rows."""
    with primary(local="trust", host="trust") as server:
        server.run("CREATE TABLE written (number integer)")
        as_postgres("mkdir", "-p", server.folder / "copy" / "wal")
        as_postgres(*command_at(server, "pg_receivewal --slot=portal --create-slot"))
        receive = ("runuser", "-u", ACCOUNT, "--", *command_at(server, "pg_receivewal --directory"))
        with running(*receive, cwd="/", stderr=subprocess.DEVNULL) as receiving:
            as_postgres(*command_at(server, "pg_basebackup --pgdata"))
            with running(sys.executable, "-c", WRITE_POSTGRESQL, server.url("postgres")) as writer:
                yield server, receiving, writer


def command_at(server: Cluster, start: str) -> list[str | Path]:
    """A command of the manual, with this server's programs and folders."""
    name, *words = documented(start).replace("/mnt/copy", str(server.folder / "copy")).split()
    return [programs() / name, "-h", server.folder, "-p", str(server.port), *words]


def restored_from(copies: Path, server: Cluster) -> Cluster:
    """A server restored from a base backup and the archived log, as the manual describes."""
    for part in (copies / "wal").glob("*.partial"):
        part.rename(part.with_suffix(""))
    fetch = documented("restore_command").replace("/mnt/copy", str(copies))
    data = server.folder / "restored" / "data"
    data.parent.mkdir()
    shutil.chown(data.parent, ACCOUNT, ACCOUNT)
    (copies / "base").rename(data)
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"{fetch}\n")
    as_postgres("touch", data / "recovery.signal")
    return Cluster(data.parent, server.port)
