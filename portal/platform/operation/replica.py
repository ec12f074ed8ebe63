"""Requests without a session read from a database replica if it has replayed all of the primary's writes."""

import logging
import time
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.platform.middleware import Middleware

PRIMARY, REPLICA = "default", "replica"
# Seconds without another attempt after a fault, because an attempt may take as long as its time-out.
PAUSE = 5.0
# This is the insert position, not the flushed one: with asynchronous commits, others see a change before it is on disk.
WRITTEN, REPLAYED = "SELECT pg_current_wal_insert_lsn()", "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
# A server that responds with an error is up: it has too many connections, or was too slow. These codes mean that it is
# stopping or starting (57P01 to 57P03), or that the connection broke (class 08). Without a response there is no code.
ABSENT = ("57P", "08")

logger = logging.getLogger(__name__)
_reads_from_replica: ContextVar[bool] = ContextVar("reads_from_replica", default=False)
_paused_until = {PRIMARY: 0.0, REPLICA: 0.0}
_silent: set[str] = set()
# The primary's last known position.
_last_written = ""


def is_configured() -> bool:
    return REPLICA in settings.DATABASES


class Router:
    """Reads go to the replica within a request that may use it, and to the primary from its first write on."""

    def db_for_read(self, model: object, **hints: object) -> str:
        return REPLICA if _reads_from_replica.get() else PRIMARY

    def db_for_write(self, model: object, **hints: object) -> str:
        # A request reads its own writes.
        _reads_from_replica.set(False)
        return PRIMARY

    def allow_relation(self, one: object, other: object, **hints: object) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool | None:
        return False if db == REPLICA else None


class ReadersReplica(Middleware):
    """A request without a session reads from the replica, and is repeated on the primary if the replica fails."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_configured() or not _may_read_from_replica(request) or not _is_up_to_date():
            return self.get_response(request)
        before = _reads_from_replica.set(True)
        try:
            response = self.get_response(request)
            is_still_on_replica = _reads_from_replica.get()
        finally:
            _reads_from_replica.reset(before)
        if response.status_code == 503 and is_still_on_replica:
            # The replica stopped, or it cancelled a query to replay writes. Nothing was written, so the request can be
            # repeated.
            response.close()
            return self.get_response(request)
        return response


def _may_read_from_replica(request: HttpRequest) -> bool:
    # A preview reads what its transaction on the primary has changed.
    is_read = request.method in ("GET", "HEAD") and not getattr(request, "is_preview", False)
    return is_read and settings.SESSION_COOKIE_NAME not in request.COOKIES and not request.path.startswith("/admin/")


def _is_up_to_date() -> bool:
    """Whether the replica has replayed all of the primary's writes, so that content never gets older.

    While the primary is down, a replica that has replayed the last position known to this process is up to date.
    """
    global _last_written
    if _is_paused(REPLICA):
        return False
    written = None if _is_paused(PRIMARY) else _query(PRIMARY, WRITTEN)
    if written:
        _last_written = written
    elif not _last_written or not _is_paused(PRIMARY) or not _query(REPLICA, "SELECT pg_is_in_recovery()"):
        return False
    return bool(_query(REPLICA, REPLAYED, _last_written))


def lag() -> tuple[bool, int | None]:
    """Whether the replica responds, and how many bytes it lags behind the primary; None if unknown."""
    replayed = _query(REPLICA, "SELECT pg_last_wal_replay_lsn()")
    if replayed is None:
        return _query(REPLICA, "SELECT 1") is not None, None
    return True, _query(PRIMARY, "SELECT greatest(0, pg_current_wal_insert_lsn() - %s::pg_lsn)::bigint", replayed)


def _is_paused(alias: str) -> bool:
    return time.monotonic() < _paused_until[alias]


def _query(alias: str, query: str, *values: str) -> Any:
    """The result of a query; None if the server does not respond, which is logged once."""
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(query, values)
            found = cursor.fetchone()[0]
    except DatabaseError as error:
        code = getattr(error.__cause__, "sqlstate", None) or ""
        if alias == REPLICA or not code or code.startswith(ABSENT):
            _paused_until[alias] = time.monotonic() + PAUSE
        connections[alias].close()
        if alias not in _silent:
            _silent.add(alias)
            logger.warning(
                "The %s database does not respond to queries about the replica: %s", alias, str(error).strip()
            )
        return None
    if alias in _silent:
        _silent.discard(alias)
        logger.warning("The %s database responds again to queries about the replica", alias)
    return found
