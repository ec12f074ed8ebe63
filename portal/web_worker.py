"""The worker of the web server: gunicorn's own with threads, but for what it takes, and when it begins with it."""

from collections import deque
from functools import partial
from select import POLLIN, poll
from selectors import EVENT_READ
from socket import MSG_PEEK, socket
from time import monotonic
from typing import Any

from gunicorn.workers.gthread import DEFAULT_WORKER_DATA_TIMEOUT, TConn, ThreadWorker

# For so many seconds a request has the worker for itself; one that takes longer probably waits for something.
ALONE = 0.05


class EvenWorker(ThreadWorker):
    """Renders one answer after the other, and leaves to other workers what it cannot begin with.

    gunicorn takes each connection that comes and keeps it, so that one of two workers may have all of them. Its threads
    render at once on one processor, which makes each of them late. Here a thread begins when no other is busy, or the
    last has been for `ALONE`, and requests wait at the socket that all workers share, in their order.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: deque[TConn] = deque()
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
        connection = TConn(self.cfg, client, address, listener.getsockname())
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

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        if (self.waiting or self.is_door_shut) and self.busy < self.cfg.threads:
            timeout = min(timeout, max(0.001, self.began + ALONE - monotonic()))
        super().wait_for_and_dispatch_events(timeout)
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
