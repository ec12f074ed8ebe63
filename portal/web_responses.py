"""What the web server has to send, held until the clients take it: no thread waits for a slow one."""

import os
from itertools import islice, takewhile
from socket import socket
from tempfile import TemporaryFile
from typing import IO, Any

# What is longer lies in a file.
IN_MEMORY = 1024**2
PIECES_AT_ONCE = 64


class FilePart:
    """A part of a file that is still to be sent, and stays open until it is."""

    def __init__(self, descriptor: int, offset: int, count: int) -> None:
        self.descriptor, self.offset, self.count = os.dup(descriptor), offset, count

    def send(self, client: socket) -> int:
        sent = os.sendfile(client.fileno(), self.descriptor, self.offset, self.count)
        if not sent:
            raise BrokenPipeError("The file has become shorter than the response says.")
        return sent

    def close(self) -> None:
        os.close(self.descriptor)


class HeldResponse:
    """In place of a connection's socket: takes a response at once, and sends as much of it as nobody has to wait for.

    One that is collected is not sent before `push`, since it may turn out that there is none.
    """

    def __init__(self, client: socket, *, is_collected: bool = False) -> None:
        self.client, self.is_collected = client, is_collected
        self.parts: list[memoryview | FilePart] = []
        self.in_memory = 0
        self.spool: IO[bytes] | None = None
        # The part of the spool that still grows.
        self.tail: FilePart | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def setblocking(self, _is_blocking: bool) -> None:
        """Leave it as it is: nobody waits for a client."""

    def sendall(self, data: bytes) -> None:
        if self.in_memory + len(data) > IN_MEMORY and not self.is_collected:
            self._spool(data)
        else:
            self.in_memory += len(data)
            self.parts.append(memoryview(data))
        if not self.is_collected:
            self.push()

    def send(self, data: bytes) -> int:
        self.sendall(data)
        return len(data)

    def sendfile(self, file: IO[bytes], offset: int, count: int) -> None:
        self.parts.append(FilePart(file.fileno(), offset, count))
        self.push()

    def push(self) -> None:
        """Send what the client takes without a wait."""
        while self.parts:
            first = self.parts[0]
            try:
                if isinstance(first, FilePart):
                    self._leave_out(first.send(self.client))
                else:
                    views = takewhile(lambda part: isinstance(part, memoryview), islice(self.parts, PIECES_AT_ONCE))
                    # No copy: cached responses have the same body.
                    self._leave_out(self.client.sendmsg(views))  # type: ignore[arg-type]
            except BlockingIOError:
                return

    def close(self) -> None:
        for part in self.parts:
            if isinstance(part, FilePart):
                part.close()
        self.parts.clear()
        if self.spool:
            self.spool.close()

    def _spool(self, data: bytes) -> None:
        self.spool = self.spool or TemporaryFile(buffering=0)  # noqa: SIM115 - it is closed with the response
        end = self.spool.seek(0, os.SEEK_END)
        self.spool.write(data)
        if self.tail and self.parts and self.parts[-1] is self.tail:
            self.tail.count += len(data)
        else:
            self.tail = FilePart(self.spool.fileno(), end, len(data))
            self.parts.append(self.tail)

    def _leave_out(self, sent: int) -> None:
        """Forget what was sent."""
        while sent:
            first = self.parts[0]
            if isinstance(first, FilePart):
                first.offset, first.count = first.offset + sent, first.count - sent
                if first.count:
                    return
                sent = 0
                first.close()
            else:
                taken = min(sent, len(first))
                sent, self.in_memory = sent - taken, self.in_memory - taken
                if taken < len(first):
                    self.parts[0] = first[taken:]
                    return
            del self.parts[0]
