"""A TCP forwarder whose connections can stop passing bytes, as if the server behind it was frozen."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread


class Forwarder:
    """Connections are accepted even while it is frozen, as by the kernel of a machine with a stopped process."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.flowing = Event()
        self.flowing.set()

    def freeze(self) -> None:
        self.flowing.clear()

    def thaw(self) -> None:
        self.flowing.set()

    def run(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self.listener.accept()
                Thread(target=self._connect, args=[client], daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        self.flowing.wait()
        server = socket.create_connection(self.target)
        for source, sink in ((client, server), (server, client)):
            Thread(target=self._pass, args=[source, sink], daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.flowing.wait()
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def forwarder(host: str, port: int) -> Iterator[Forwarder]:
    made = Forwarder((host, port))
    Thread(target=made.run, daemon=True).start()
    try:
        yield made
    finally:
        made.thaw()
        made.listener.close()
