"""The worker of the web server: gunicorn's own with threads, but for what it takes, and when it begins with it."""

import re
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from select import POLLIN, poll
from selectors import EVENT_READ, EVENT_WRITE
from socket import MSG_DONTWAIT, MSG_PEEK, SHUT_WR, SO_SNDTIMEO, SOL_SOCKET, socket
from struct import pack
from threading import get_ident
from time import monotonic
from typing import Any

from gunicorn.workers.gthread import DEFAULT_WORKER_DATA_TIMEOUT, TConn, ThreadWorker

from portal.core.keeping.at_once import ONLY_KEPT, NotKeptError

# For so many seconds a request has the worker for itself; one that takes longer probably waits for something.
ALONE = 0.05
# So long may a client take to close its side, and send so much meanwhile, before its connection is cut.
LINGER_SECONDS, LINGER_READS = 2.0, 16
# So many seconds a client may take nothing of its answer: a worker that is to end waits for it.
PATIENCE = 20
# A question that has arrived as a whole, and that somebody without a session may have asked.
LONGEST_QUESTION = 8_192
PLAIN_QUESTION = re.compile(rb"(?:GET|HEAD) /[^\r\n]* HTTP/1\.1\r\n(?:[^\r\n]+\r\n)+\r\n", re.DOTALL)
# What a thread has to read more for, or is no kept answer's.
UNUSUAL = re.compile(
    rb"\n(?:authorization|content-length|cookie|expect|http2-settings|range|transfer-encoding|upgrade)[ \t]*:",
    re.IGNORECASE,
)


class HeldAnswer:
    """In place of a connection's socket: takes an answer, and sends as much of it as nobody has to wait for."""

    def __init__(self, client: socket) -> None:
        self.client = client
        self.parts: list[memoryview] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def setblocking(self, _is_blocking: bool) -> None:
        """Leave it as it is: a thread wants to wait, and the loop must not."""

    def sendall(self, data: bytes) -> None:
        self.parts.append(memoryview(data))

    def send_held(self) -> list[memoryview]:
        """Send it, and return what did not fit."""
        parts, self.parts = self.parts, []
        return send_some(self.client, parts)


class ReadQuestions:
    """In place of a connection's parser: gives a question again that the loop has read and left to a thread."""

    def __init__(self, parser: Any) -> None:
        self.parser = parser
        self.last: Any = None
        self.is_left = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.parser, name)

    def __next__(self) -> Any:
        if self.is_left:
            self.is_left = False
        else:
            self.last = next(self.parser)
        return self.last


class Answered:
    """What gunicorn expects of a thread that has ended: whether the connection stays."""

    def __init__(self, is_kept_alive: Any) -> None:
        self.is_kept_alive = is_kept_alive

    def cancelled(self) -> bool:
        return False

    def result(self) -> Any:
        return self.is_kept_alive


class EvenConnection(TConn):
    """A connection whose end keeps nobody waiting: gunicorn's own waits until the client has closed its side."""

    def __init__(self, worker: "EvenWorker", client: socket, address: Any, server: Any) -> None:
        super().__init__(worker.cfg, client, address, server)
        self.worker, self.reads = worker, 0
        # What is left of an answer that the client takes slowly, and whether the connection stays then.
        self.rest: list[memoryview] = []
        self.is_kept_alive: Any = False

    def close(self, graceful: bool = False) -> None:
        if not graceful:
            super().close()
            return
        try:
            self.sock.shutdown(SHUT_WR)
        except OSError:
            super().close()
            return
        self.sock.setblocking(False)
        self.timeout = monotonic() + LINGER_SECONDS
        self.worker.linger(self)


class EvenWorker(ThreadWorker):
    """Renders one answer after the other, and leaves to other workers what it cannot begin with.

    gunicorn takes each connection that comes and keeps it, so that one of two workers may have all of them. Its threads
    render at once on one processor, which makes each of them late. Here a thread begins when no other is busy, or the
    last has been for `ALONE`, and requests wait at the socket that all workers share, in their order.

    A kept answer needs no thread, whose beginning and end cost more than all else of it: the loop gives it.
    """

    max_keepalived: int
    wsgi: Callable[..., Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: deque[EvenConnection] = deque()
        self.closing: deque[EvenConnection] = deque()
        # In the order in which they took something last.
        self.sending: dict[EvenConnection, None] = {}
        self.busy, self.began = 0, 0.0
        self.door = poll()
        self.is_door_shut = False
        self.most_kept_alive = self.max_keepalived
        self.gives_kept, self.loop = False, 0
        # Whose question was answered just now.
        self.answered: TConn | None = None

    def load_wsgi(self) -> None:
        super().load_wsgi()
        if getattr(self.wsgi, "gives_kept", False):
            self.wsgi = partial(self.answer, self.wsgi)
            self.gives_kept = True

    def answer(
        self, application: Callable[..., Any], environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if get_ident() == self.loop:
            environ[ONLY_KEPT] = True
            # A worker ends after so many answers that were rendered.
            self.nr -= 1
        answer: Iterable[bytes] = application(environ, start_response)
        return answer

    def run(self) -> None:
        self.loop = get_ident()
        for listener in self.sockets:
            self.door.register(listener.fileno(), POLLIN)
        super().run()

    def may_begin(self) -> bool:
        return not self.busy or (self.busy < self.cfg.threads and monotonic() - self.began >= ALONE)

    def set_accept_enabled(self, enabled: bool) -> None:
        is_open = enabled and not self.waiting and self.may_begin()
        self.is_door_shut = enabled and not is_open
        super().set_accept_enabled(is_open)

    def accept(self, listener: Any) -> None:
        if self.waiting or not self.may_begin():
            # gunicorn's loop opens it again.
            self.set_accept_enabled(True)
            return
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            # Another worker was faster, or the client has gone.
            return
        self.nr_conns += 1
        client.setsockopt(SOL_SOCKET, SO_SNDTIMEO, pack("ll", PATIENCE, 0))
        connection = EvenConnection(self, client, address, listener.getsockname())
        connection.data_ready = has_sent(client)
        if connection.data_ready:
            self.enqueue_req(connection)
        else:
            connection.timeout = monotonic() + DEFAULT_WORKER_DATA_TIMEOUT
            self.pending_conns.append(connection)
            self.poller.register(client, EVENT_READ, partial(self.on_pending_socket_readable, connection))

    def enqueue_req(self, conn: EvenConnection) -> None:
        # One that has more to ask than the last question lets others go first.
        if conn is self.answered or not self.gives_kept or not is_plain(conn) or not self.answer_at_once(conn):
            self.waiting.append(conn)

    def answer_at_once(self, conn: EvenConnection) -> bool:
        """Give a kept answer here in the loop; False if a thread has to make one."""
        client = conn.sock
        conn.init()
        client.setblocking(False)
        if not isinstance(conn.parser, ReadQuestions):
            conn.parser = ReadQuestions(conn.parser)
        conn.sock, self.max_keepalived = HeldAnswer(client), self.most_kept_alive
        try:
            is_kept_alive = self.handle(conn)
            rest = conn.sock.send_held()
        except NotKeptError:
            conn.parser.is_left = True
            return False
        except OSError:
            is_kept_alive, rest = False, []
        finally:
            conn.sock = client
        conn.rest, conn.is_kept_alive = rest, is_kept_alive
        if rest:
            self.note_progress(conn)
            self.poller.register(client, EVENT_WRITE, partial(self.on_client_socket_writable, conn))
        else:
            self.finish_answer(conn)
        return True

    def finish_answer(self, connection: EvenConnection) -> None:
        self.busy += 1
        self.answered = connection
        self.finish_request(connection, Answered(connection.is_kept_alive))
        self.answered = None

    def note_progress(self, connection: EvenConnection) -> None:
        self.sending.pop(connection, None)
        self.sending[connection] = None
        connection.timeout = monotonic() + PATIENCE

    def on_client_socket_writable(self, connection: EvenConnection, client: socket) -> None:
        try:
            connection.rest = send_some(client, connection.rest)
        except OSError:
            connection.rest, connection.is_kept_alive = [], False
        if connection.rest:
            self.note_progress(connection)
            return
        del self.sending[connection]
        self.poller.unregister(client)
        self.finish_answer(connection)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        self.busy -= 1
        super().finish_request(conn, fs)

    def linger(self, connection: EvenConnection) -> None:
        """Read and forget what a client still sends: if it were cut at once, it might lose the end of its answer."""
        self.closing.append(connection)
        self.poller.register(connection.sock, EVENT_READ, partial(self.on_closing_socket_readable, connection))

    def on_closing_socket_readable(self, connection: EvenConnection, client: socket) -> None:
        connection.reads += 1
        try:
            is_open = bool(client.recv(65_536)) and connection.reads < LINGER_READS
        except OSError:
            is_open = False
        if not is_open:
            self.closing.remove(connection)
            self.poller.unregister(client)
            connection.close()

    def cut_slow(self) -> None:
        """End the connections that take nothing of their answer, or do not close their side."""
        while self.sending and (slowest := next(iter(self.sending))).timeout <= monotonic():
            del self.sending[slowest]
            self.poller.unregister(slowest.sock)
            self.nr_conns -= 1
            slowest.close()
        while self.closing and self.closing[0].timeout <= monotonic():
            connection = self.closing.popleft()
            self.poller.unregister(connection.sock)
            connection.close()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        if (self.waiting or self.is_door_shut) and self.busy < self.cfg.threads:
            timeout = min(timeout, max(0.001, self.began + ALONE - monotonic()))
        super().wait_for_and_dispatch_events(timeout)
        self.cut_slow()
        while self.waiting and self.may_begin():
            self.busy, self.began = self.busy + 1, monotonic()
            connection = self.waiting.popleft()
            # Where others wait, a client that comes back stands in line as they do, with whichever worker is free.
            has_to_leave = self.cfg.workers > 1 and (self.waiting or self.door.poll(0))
            self.max_keepalived = 0 if has_to_leave else self.most_kept_alive
            super().enqueue_req(connection)


def has_sent(client: socket) -> bool:
    """Whether there is something to read, without a wait; the socket is non-blocking."""
    try:
        return bool(client.recv(1, MSG_PEEK))
    except OSError:
        return False


def is_plain(connection: TConn) -> bool:
    """Whether a question has arrived as a whole that a kept answer may be given to."""
    if connection.parser is not None and connection.parser.unreader.buf.getvalue():
        # Something else comes first, which was read with the question before.
        return False
    try:
        begun = connection.sock.recv(LONGEST_QUESTION, MSG_PEEK | MSG_DONTWAIT)
    except OSError:
        return False
    found = PLAIN_QUESTION.match(begun)
    return found is not None and UNUSUAL.search(found[0]) is None


def send_some(client: socket, parts: list[memoryview]) -> list[memoryview]:
    """Send what the client takes without a wait, and return the rest: no copy, since all have the same body."""
    try:
        sent = client.sendmsg(parts) if parts else 0
    except BlockingIOError:
        sent = 0
    rest = []
    for part in parts:
        if sent < len(part):
            rest.append(part[sent:])
        sent = max(0, sent - len(part))
    return rest
