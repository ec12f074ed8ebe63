"""Ends the wait for a PostgreSQL server that keeps connections open, but does not respond.

A stopped process or a silent network leaves connections as they are: the kernel acknowledges what is sent, so neither
keepalives nor `tcp_user_timeout` end them, and nobody carries out `statement_timeout`. A query that takes long is no
sign of it either. So a thread that has waited for a while sends a simple query over a new connection.
"""

from collections.abc import Callable, Generator
from threading import Lock
from time import monotonic
from typing import Any

import psycopg
from django.db.backends.postgresql.base import DatabaseWrapper

# Seconds until the first and the next test query, for its response, and without any attempt after it got none.
PATIENCE, AGAIN, RESPONSE, PAUSE = 1.5, 2.5, 2.0, 2.0
MESSAGE = "The database server does not respond, although its connections are open."


class Server:
    """The server of one of this process's databases: when it last responded, and whether it is frozen."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._frozen_until = self._responded_at = 0.0

    @property
    def is_known_frozen(self) -> bool:
        return monotonic() < self._frozen_until

    def note_frozen(self) -> None:
        self._frozen_until = monotonic() + PAUSE

    def is_frozen(self, params: dict[str, Any]) -> bool:
        """Test the server over a new connection; threads that do so at the same time get the same result."""
        with self._lock:
            if self.is_known_frozen:
                return True
            if monotonic() - self._responded_at < 1:
                return False
            if responds(params):
                self._responded_at = monotonic()
                return False
            self.note_frozen()
            return True


def responds(params: dict[str, Any]) -> bool:
    """Whether a server responds in time, even with an error. A pooler in front also has to pass a query on."""
    until = monotonic() + RESPONSE
    try:
        with psycopg.connect(**{**params, "connect_timeout": int(RESPONSE), "autocommit": True}) as connection:
            _watch(connection, lambda: monotonic() > until, RESPONSE)
            connection.execute("SELECT 1")
    except psycopg.errors.ConnectionTimeout:
        return False
    except psycopg.Error as error:
        return MESSAGE not in str(error)
    return True


def _watch(connection: psycopg.Connection[Any], is_frozen: Callable[[], bool], patience: float) -> None:
    """Let each wait of a connection test the server after `patience` seconds, and fail if it is frozen."""
    wait = connection.wait

    def patient(steps: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        next_test = monotonic() + patience
        try:
            wanted = next(steps)
            while True:
                ready = yield wanted
                # Nothing was ready within a tenth of a second.
                if not ready and monotonic() >= next_test:
                    if is_frozen():
                        connection.close()
                        raise psycopg.OperationalError(MESSAGE)
                    next_test = monotonic() + AGAIN
                wanted = steps.send(ready)
        except StopIteration as done:
            return done.value

    connection.wait = lambda steps, *args, **options: wait(patient(steps), *args, **options)  # type: ignore[assignment]


def watch_servers() -> None:
    """From now on, no query of this process waits for a frozen server. Only the web server needs it."""
    postgresql: Any = DatabaseWrapper
    connect = postgresql.get_new_connection
    servers: dict[str, Server] = {}

    def watched(self: Any, params: dict[str, Any]) -> Any:
        server = servers.setdefault(self.alias, Server())
        if server.is_known_frozen:
            raise psycopg.OperationalError(MESSAGE)
        try:
            connection = connect(self, params)
        except psycopg.errors.ConnectionTimeout:
            server.note_frozen()
            raise
        _watch(connection, lambda: server.is_frozen(params), PATIENCE)
        return connection

    if not hasattr(connect, "is_watched"):
        watched.is_watched = True  # type: ignore[attr-defined]
        postgresql.get_new_connection = watched
