"""The worker of the web server: gunicorn's own with threads, but for what it takes, and when it begins with it."""

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from select import POLLIN, poll
from selectors import EVENT_READ, EVENT_WRITE
from socket import MSG_DONTWAIT, SHUT_WR, socket
from sys import maxsize
from threading import get_ident
from time import monotonic
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from portal.platform.caching.at_once import ONLY_KEPT, NotKeptError
from portal.web_requests import IncomingRequest, RefusedError
from portal.web_responses import HeldResponse

# For so many seconds a request has the worker for itself; one that takes longer probably waits for something.
ALONE = 0.05
# So long may a client take to close its side, and send so much meanwhile, before its connection is cut.
LINGER_SECONDS, LINGER_READS = 2.0, 16
# So many seconds a client may take nothing of its answer: a worker that is to end waits for it.
PATIENCE = 20


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
        self.init()
        client.setblocking(False)
        self.parser: Any = ReadQuestions(self.parser)
        self.request = IncomingRequest(bytearray())
        # What is left of an answer that the client takes slowly, and whether the connection stays then.
        self.held: HeldResponse | None = None
        self.is_kept_alive: Any = False

    def expect_request(self) -> None:
        self.request.close()
        self.request = IncomingRequest(self.request.ahead)
        self.parser.unreader.sock = self.request

    def close(self, graceful: bool = False) -> None:
        self.request.close()
        if self.held:
            self.held.close()
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

    No thread waits for a client: the loop reads a request to its end before one takes it up, and sends what a client
    does not take at once. A slow client has a connection, and nothing else.

    A kept answer needs no thread, whose beginning and end cost more than all else of it: the loop gives it.
    """

    max_keepalived: int
    max_requests: int
    wsgi: Callable[..., Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: deque[EvenConnection] = deque()
        self.closing: deque[EvenConnection] = deque()
        self.reading: set[EvenConnection] = set()
        # In the order in which they took something last.
        self.sending: dict[EvenConnection, None] = {}
        self.busy, self.began = 0, 0.0
        self.door = poll()
        self.is_door_shut = False
        self.most_kept_alive = self.max_keepalived
        self.gives_kept, self.loop = False, 0
        # Nobody takes the place of a worker before its slowest client has gone, so it ends when it has none.
        self.renewed_after, self.max_requests = self.max_requests, maxsize
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
        self.enqueue_req(EvenConnection(self, client, address, listener.getsockname()))

    def enqueue_req(self, conn: EvenConnection) -> None:
        """Read the next request, and give it to the threads when it has arrived."""
        conn.expect_request()
        if not self.read(conn):
            self.reading.add(conn)
            self.poller.register(conn.sock, EVENT_READ, partial(self.on_reading_socket_readable, conn))

    def on_reading_socket_readable(self, conn: EvenConnection, client: socket) -> None:
        self.stop_reading(conn)
        if not self.read(conn):
            self.reading.add(conn)
            self.poller.register(client, EVENT_READ, partial(self.on_reading_socket_readable, conn))

    def stop_reading(self, conn: EvenConnection) -> None:
        self.reading.discard(conn)
        self.poller.unregister(conn.sock)

    def read(self, conn: EvenConnection) -> bool:
        """Read what is there; False if there has to come more."""
        request = conn.request
        try:
            request.sort()
            if not request.has_arrived:
                request.receive(conn.sock)
        except RefusedError as refusal:
            self.refuse(conn, refusal.status)
            return True
        except (EOFError, OSError):
            self.nr_conns -= 1
            conn.close()
            return True
        if not request.has_arrived:
            return False
        # One that has more to ask than the last question lets others go first.
        is_plain = conn is not self.answered and self.gives_kept and request.is_plain()
        if not is_plain or not self.answer_at_once(conn):
            self.waiting.append(conn)
        return True

    def refuse(self, conn: EvenConnection, status: HTTPStatus) -> None:
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        with suppress(OSError):
            conn.sock.send(head.encode(), MSG_DONTWAIT)
        self.nr_conns -= 1
        conn.close(graceful=True)

    def answer_at_once(self, conn: EvenConnection) -> bool:
        """Give a kept answer here in the loop; False if a thread has to make one."""
        client, self.max_keepalived = conn.sock, self.most_kept_alive
        conn.sock = HeldResponse(client, is_collected=True)
        try:
            is_kept_alive = self.handle(conn)
        except NotKeptError:
            conn.sock, conn.parser.is_left = client, True
            return False
        self.send(conn, is_kept_alive)
        return True

    def send(self, conn: EvenConnection, is_kept_alive: Any) -> None:
        """Send the rest of an answer, now or as the client takes it."""
        held, conn.held = conn.sock, conn.sock
        conn.sock, conn.is_kept_alive = held.client, is_kept_alive
        try:
            held.push()
        except OSError:
            held.close()
            conn.is_kept_alive = False
        if held.parts:
            self.note_progress(conn)
            self.poller.register(conn.sock, EVENT_WRITE, partial(self.on_client_socket_writable, conn))
        else:
            self.finish_answer(conn)

    def finish_answer(self, connection: EvenConnection) -> None:
        if connection.held:
            connection.held.close()
        connection.request.close()
        if connection.parser.unreader.buf.getvalue():
            # Its parser does not see the end of the request where the loop saw it.
            connection.is_kept_alive = False
        self.answered = connection
        if connection.is_kept_alive and connection.request.ahead:
            self.enqueue_req(connection)
        else:
            super().finish_request(connection, Answered(connection.is_kept_alive))
        self.answered = None

    def note_progress(self, connection: EvenConnection) -> None:
        self.sending.pop(connection, None)
        self.sending[connection] = None
        connection.timeout = monotonic() + PATIENCE

    def on_client_socket_writable(self, connection: EvenConnection, client: socket) -> None:
        del self.sending[connection]
        self.poller.unregister(client)
        connection.sock = connection.held
        self.send(connection, connection.is_kept_alive)

    def finish_request(self, conn: EvenConnection, fs: Any) -> None:
        self.busy -= 1
        self.send(conn, not fs.cancelled() and not fs.exception() and fs.result())

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
        """End the connections that send no request, take nothing of their answer, or do not close their side."""
        while self.sending and (slowest := next(iter(self.sending))).timeout <= monotonic():
            del self.sending[slowest]
            self.poller.unregister(slowest.sock)
            self.nr_conns -= 1
            slowest.close()
        for late in [each for each in self.reading if each.request.due() <= monotonic()]:
            self.stop_reading(late)
            self.refuse(late, HTTPStatus.REQUEST_TIMEOUT)
        while self.closing and self.closing[0].timeout <= monotonic():
            connection = self.closing.popleft()
            self.poller.unregister(connection.sock)
            connection.close()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        if (self.waiting or self.is_door_shut) and self.busy < self.cfg.threads:
            timeout = min(timeout, max(0.001, self.began + ALONE - monotonic()))
        super().wait_for_and_dispatch_events(timeout)
        self.cut_slow()
        if self.nr >= self.renewed_after and not (self.reading or self.waiting or self.busy or self.sending):
            self.alive = False
        while self.waiting and self.may_begin():
            self.busy, self.began = self.busy + 1, monotonic()
            connection = self.waiting.popleft()
            # Where others wait, a client that comes back stands in line as they do, with whichever worker is free.
            has_to_leave = self.cfg.workers > 1 and (self.waiting or self.door.poll(0))
            self.max_keepalived = 0 if has_to_leave else self.most_kept_alive
            connection.sock = HeldResponse(connection.sock)
            super().enqueue_req(connection)
