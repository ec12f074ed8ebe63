"""Asks for the state of the content before each kept answer, of PostgreSQL by what its driver is built on.

The statement is prepared once for each connection, and the wait has an end: whoever asks may be the loop of a worker.
"""

from select import POLLIN, poll
from time import monotonic
from typing import Any

from django.apps import apps
from django.db import OperationalError, connections, router
from psycopg.pq import ExecStatus

from portal.platform.operation import changes
from portal.platform.operation.changes import STATE, ContentState

STATEMENT = b"portal_content_state"


def asked_database() -> Any:
    return connections[router.db_for_read(apps.get_model("core", "ContentChange"))]


def quick_state(longest: float) -> ContentState:
    """The state as `changes.present_state` has it; raise OperationalError if it takes longer, in seconds."""
    database = asked_database()
    if database.vendor != "postgresql" or database.in_atomic_block:
        return changes.present_state()
    database.ensure_connection()
    with database.wrap_database_errors:
        state = _asked(database.connection.pgconn, monotonic() + longest)
    # A pooler may have another connection for each question, and so none with the statement.
    return changes.present_state() if state is None else state


def _asked(server: Any, end: float) -> ContentState | None:
    for _is_prepared in range(2):
        server.send_query_prepared(STATEMENT, [])
        answer = _answer(server, end)
        if answer.status == ExecStatus.TUPLES_OK:
            mark = answer.get_value(0, 0)
            return ContentState(None if mark is None else int(mark))
        server.send_prepare(STATEMENT, STATE["postgresql"].encode())
        _answer(server, end)
    return None


def _answer(server: Any, end: float) -> Any:
    waiting = poll()
    waiting.register(server.socket, POLLIN)
    answer = None
    server.flush()
    while True:
        while server.is_busy():
            if not waiting.poll(max(0.0, end - monotonic()) * 1000):
                raise OperationalError("The database has not said in time what has changed.")
            server.consume_input()
        if (found := server.get_result()) is None:
            return answer
        answer = found
