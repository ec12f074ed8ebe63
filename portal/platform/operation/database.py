"""Detects and logs a database or file storage that is down, and limits how long queries wait."""

import errno
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.backends.signals import connection_created

from portal.media.stored import StorageUnavailableError

# Messages of programming errors. SQLite raises the same class for these as for disk errors.
PROGRAMMING_ERRORS = ("no such table", "no such column", "has no column")
# PostgreSQL is read-only: a replica, or set so by its administrator. Django raises an InternalError.
READ_ONLY = "25006"
# The disk for uploaded files is full or read-only.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
MINUTE = 60.0
READY = "/-/ready"
# Milliseconds that an optional write waits for another SQLite writer.
SHORT_WAIT = 200


def is_unavailable(error: BaseException | None) -> bool:
    """Whether the database does not respond, is locked or read-only, or has cancelled a statement.

    Also true if the object storage of uploaded files does not respond, or their disk is full.
    """
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, StorageUnavailableError) or _is_full_disk(error):
            return True
        if getattr(error, "sqlstate", None) == READ_ONLY:
            return True
        if isinstance(error, OperationalError | InterfaceError):
            return not any(words in str(error) for words in PROGRAMMING_ERRORS)
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def _is_full_disk(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in NO_ROOM


def limit_statements(seconds: int) -> None:
    """Let PostgreSQL cancel longer queries of this process. Only the web server does this, not commands or tasks."""

    def limit(connection: Any, **kwargs: Any) -> None:
        if connection.vendor == "postgresql" and seconds:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(seconds * 1000)])

    connection_created.connect(limit, weak=False, dispatch_uid="limit_statements")


@contextmanager
def short_lock_wait() -> Iterator[None]:
    """Within the block, a write to SQLite fails soon if another process is writing."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    database = connection.connection
    # Django's cursor would count it as one of the request's queries.
    database.execute(f"PRAGMA busy_timeout = {SHORT_WAIT}")
    try:
        yield
    finally:
        usual = settings.DATABASES["default"].get("OPTIONS", {}).get("timeout", 5)
        database.execute(f"PRAGMA busy_timeout = {int(usual * 1000)}")


class OncePerMinute(logging.Filter):
    """Limits each kind of database or storage fault to one line without traceback, once a minute per process."""

    def __init__(self) -> None:
        super().__init__()
        self._until: dict[tuple[str, str], float] = {}
        self._left_out: dict[tuple[str, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.args and isinstance(record.args, tuple) and record.args[-1] == READY:
            # Monitors request this path every few seconds and report failures themselves.
            return False
        error = record.exc_info[1] if record.exc_info else None
        if not is_unavailable(error):
            return True
        first_line = str(error).partition("\n")[0][:200]
        fault, now = (type(error).__name__, first_line), time.monotonic()
        if now < self._until.get(fault, 0):
            self._left_out[fault] = self._left_out.get(fault, 0) + 1
            return False
        if len(self._until) > 100:
            self._until.clear()
        self._until[fault] = now + MINUTE
        left_out = self._left_out.pop(fault, 0)
        more = f" ({left_out} more like this in the last minute)" if left_out else ""
        what = "disk" if _is_full_disk(error) else "database"
        what = "object storage" if isinstance(error, StorageUnavailableError) else what
        record.msg, record.args = "The %s is unavailable: %s: %s%s", (what, *fault, more)
        record.exc_info = record.exc_text = None
        return True
