"""Copies of the test database, which are faster to restore than to rebuild."""

import gc
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections

from tests.own_database import address_of, connected_to, copied_database

ROOT = Path(__file__).resolve().parents[1]


def is_in_memory() -> bool:
    return connection.vendor == "sqlite" and connection.is_in_memory_db()


def copy_of_database(path: str = ":memory:") -> sqlite3.Connection:
    """A copy of the database in memory."""
    connection.ensure_connection()
    copy = sqlite3.connect(path)
    connection.connection.backup(copy)
    return copy


def restore(copy: sqlite3.Connection) -> None:
    try:
        copy.backup(connection.connection, progress=_without_waiting)
    except sqlite3.OperationalError:
        # A result that was not read to the end locks the database until it is collected.
        gc.collect()
        copy.backup(connection.connection, progress=_without_waiting)
    ContentType.objects.clear_cache()


@dataclass(frozen=True)
class DatabaseCopy[C]:
    """Content in a copy of the test database; within `here`, this process uses that copy."""

    content: C
    here: Callable[[], AbstractContextManager[None]]


@contextmanager
def database_copy[C](build: Callable[[], C], folder: Path) -> Iterator[DatabaseCopy[C]]:
    """Build content in a copy of the database, outside any transaction; the database itself is unchanged."""
    if not is_in_memory():
        with copied_database(folder) as name:
            with connected_to(name):
                content = build()
            yield DatabaseCopy(content, partial(connected_to, name))
        return
    with closing(copy_of_database()) as empty:
        content = build()
        with closing(copy_of_database()) as full:
            restore(empty)
            yield DatabaseCopy(content, partial(_restored_copy, full, empty))


@contextmanager
def _restored_copy(full: sqlite3.Connection, empty: sqlite3.Connection) -> Iterator[None]:
    restore(full)
    yield
    restore(empty)


def _without_waiting(status: int, remaining: int, total: int) -> None:
    """SQLite would wait forever for a connection with an open result."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError("the test database is in use")


@dataclass(frozen=True)
class Installation:
    """A database that other processes can open, and the commands that run on it."""

    folder: Path
    name: str
    environment: dict[str, str]

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Python with these arguments, such as `"manage.py", "check"`, in its own process."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def here(self) -> AbstractContextManager[None]:
        """Within the block, this process uses that database too."""
        return connected_to(self.name)


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """An installation with a copy of this process's database, which must have no open transaction."""
    with copied_database(folder) as name:
        # The key prefix separates the cache: a shared one would contain the sites of other tests.
        cache = f"{os.environ.get('CACHE_URL', 'locmem://portal')}?key_prefix={uuid4().hex}"
        own = {"DATA_DIR": str(folder), "DATABASE_URL": address_of(name), "CACHE_URL": cache}
        own |= {"DEBUG": "no", "HTTPS": "no"}
        yield Installation(folder, name, os.environ | own)


def finished(process: subprocess.Popen[str], seconds: float = 180) -> str:
    """The output of a process, which must succeed."""
    out, err = process.communicate(timeout=seconds)
    assert process.returncode == 0, err[-3000:]
    return out


def counted(act: Callable[[], None], last: int = 0) -> int:
    """Run the act and count its SQL statements. With `last`, kill this process after that many."""
    count = 0

    def note(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal count
        if last and count == last:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1
        return execute(*arguments)

    watched: AbstractContextManager[None] = connection.execute_wrapper(note)
    with watched:
        act()
    return count


def killed(act: Callable[[], None], last: int = 0) -> bool:
    """Call `counted` in a fork; return whether it was killed. An act that is not killed must succeed."""
    # Two processes must not share a connection.
    connections.close_all()
    process = os.fork()
    if not process:
        code = 1
        try:
            counted(act, last)
            code = 0
        finally:
            os._exit(code)
    _process, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the act has failed by itself"
    return os.WIFSIGNALED(status)
