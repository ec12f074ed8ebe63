"""Readers without a session read from a replica of the database, where it has all that the primary had written."""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

PRIMARY, REPLICA = "default", "replica"
# After a fault a server is left alone for so many seconds: each attempt may take as long as its time-out.
ALONE = 5.0
# What is inserted, and not only what is on the disk: without synchronous commits others see it before it is there.
WRITTEN, REPLAYED = "SELECT pg_current_wal_insert_lsn()", "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
# A server that answers with an error is there: it has too many connections, or was too slow. These say that it ends, or
# begins (57P01 to 57P03), or that the connection broke (class 08); there is no code where nobody answers.
ABSENT = ("57P", "08")

logger = logging.getLogger(__name__)
_reads_from_replica: ContextVar[bool] = ContextVar("reads_from_replica", default=False)
_alone_until = {PRIMARY: 0.0, REPLICA: 0.0}
_silent: set[str] = set()
# How far the primary had written when it was last asked.
_last_written = ""


def is_configured() -> bool:
    return REPLICA in settings.DATABASES


class Router:
    """Sends what is read to the replica within a request that may; from its first write on, to the primary."""

    def db_for_read(self, model: object, **hints: object) -> str:
        return REPLICA if _reads_from_replica.get() else PRIMARY

    def db_for_write(self, model: object, **hints: object) -> str:
        # Whoever writes reads what they have written.
        _reads_from_replica.set(False)
        return PRIMARY

    def allow_relation(self, one: object, other: object, **hints: object) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool | None:
        return False if db == REPLICA else None


class ReadersReplica:
    """Lets a request without a session read from the replica, and asks the primary if the replica fails on the way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_configured() or not _may_read_from_replica(request) or not _has_everything():
            return self.get_response(request)
        before = _reads_from_replica.set(True)
        try:
            response = self.get_response(request)
            is_still_on_replica = _reads_from_replica.get()
        finally:
            _reads_from_replica.reset(before)
        if response.status_code == 503 and is_still_on_replica:
            # It went away, or gave the query up for what it had to replay. Nothing was written: all is asked once more.
            response.close()
            return self.get_response(request)
        return response


def _may_read_from_replica(request: HttpRequest) -> bool:
    is_read = request.method in ("GET", "HEAD")
    return is_read and settings.SESSION_COOKIE_NAME not in request.COOKIES and not request.path.startswith("/admin/")


def _has_everything() -> bool:
    """Whether the replica has replayed all that the primary had written down when it was asked.

    So nobody reads less than they have read or saved before, in whatever process. A primary that is gone writes nothing
    more: a replica that has all that this process knows of is what there is to read.
    """
    global _last_written
    if _is_alone(REPLICA):
        return False
    written = None if _is_alone(PRIMARY) else _ask(PRIMARY, WRITTEN)
    if written:
        _last_written = written
    elif not _last_written or not _is_alone(PRIMARY) or not _ask(REPLICA, "SELECT pg_is_in_recovery()"):
        return False
    return bool(_ask(REPLICA, REPLAYED, _last_written))


def lag() -> tuple[bool, int | None]:
    """Whether the replica answers, and how many bytes of what the primary has written it lacks; None if unknown."""
    replayed = _ask(REPLICA, "SELECT pg_last_wal_replay_lsn()")
    if replayed is None:
        return _ask(REPLICA, "SELECT 1") is not None, None
    return True, _ask(PRIMARY, "SELECT greatest(0, pg_current_wal_insert_lsn() - %s::pg_lsn)::bigint", replayed)


def _is_alone(alias: str) -> bool:
    return time.monotonic() < _alone_until[alias]


def _ask(alias: str, query: str, *values: str) -> Any:
    """The answer of a server to a query; None where it does not answer, which the log says once."""
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(query, values)
            found = cursor.fetchone()[0]
    except DatabaseError as error:
        code = getattr(error.__cause__, "sqlstate", None) or ""
        if alias == REPLICA or not code or code.startswith(ABSENT):
            _alone_until[alias] = time.monotonic() + ALONE
        connections[alias].close()
        if alias not in _silent:
            _silent.add(alias)
            logger.warning("Asked about the replica, the %s database does not answer: %s", alias, str(error).strip())
        return None
    if alias in _silent:
        _silent.discard(alias)
        logger.warning("Asked about the replica, the %s database answers again", alias)
    return found
