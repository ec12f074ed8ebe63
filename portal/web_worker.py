"""The worker of the web server: gunicorn's own with threads, but for what it takes, and when it begins with it."""

from collections import deque
from functools import partial
from select import POLLIN, poll
from selectors import EVENT_READ
from socket import MSG_PEEK, SHUT_WR, socket
from time import monotonic
from typing import Any

from gunicorn.workers.gthread import DEFAULT_WORKER_DATA_TIMEOUT, TConn, ThreadWorker

# For so many seconds a request has the worker for itself; one that takes longer probably waits for something.
ALONE = 0.05
# So long may a client take to close its side, and send so much meanwhile, before its connection is cut.
LINGER_SECONDS, LINGER_READS = 2.0, 16


class EvenConnection(TConn):
    """A connection whose end keeps nobody waiting: gunicorn's own waits until the client has closed its side."""

    def __init__(self, worker: "EvenWorker", client: socket, address: Any, server: Any) -> None:
        super().__init__(worker.cfg, client, address, server)
        self.worker, self.reads = worker, 0

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
    """

    max_keepalived: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: deque[TConn] = deque()
        self.closing: deque[EvenConnection] = deque()
        self.busy, self.began = 0, 0.0
        self.door = poll()
        self.is_door_shut = False
        self.most_kept_alive = self.max_keepalived

    def run(self) -> None:
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
        connection = EvenConnection(self, client, address, listener.getsockname())
        connection.data_ready = has_sent(client)
        if connection.data_ready:
            self.enqueue_req(connection)
        else:
            connection.timeout = monotonic() + DEFAULT_WORKER_DATA_TIMEOUT
            self.pending_conns.append(connection)
            self.poller.register(client, EVENT_READ, partial(self.on_pending_socket_readable, connection))

    def enqueue_req(self, conn: TConn) -> None:
        self.waiting.append(conn)

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

    def cut_lingering(self) -> None:
        while self.closing and self.closing[0].timeout <= monotonic():
            connection = self.closing.popleft()
            self.poller.unregister(connection.sock)
            connection.close()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        if (self.waiting or self.is_door_shut) and self.busy < self.cfg.threads:
            timeout = min(timeout, max(0.001, self.began + ALONE - monotonic()))
        super().wait_for_and_dispatch_events(timeout)
        self.cut_lingering()
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
