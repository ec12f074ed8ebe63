"""What clients send to the web server, read without waiting: a thread gets a request when all of it has arrived."""

import re
from http import HTTPStatus
from socket import MSG_DONTWAIT, socket
from tempfile import SpooledTemporaryFile
from time import monotonic

# The limits of Apache's mod_reqtimeout: seconds for the head, and for a body that comes at fewer bytes a second.
HEAD_SECONDS, BODY_SECONDS, LEAST_RATE = 20, 20, 500
# Seconds in which a client has to begin.
FIRST_SECONDS = 5
# No browser sends such a head; of a body the samples for proxies take no more.
LONGEST_HEAD, LONGEST_BODY = 65_536, 64 * 1024**2
# What is longer lies in a file.
IN_MEMORY = 262_144
READ_AT_ONCE = 262_144
END = b"\r\n\r\n"

LENGTH = re.compile(rb"\ncontent-length[ \t]*:[ \t]*(\d{1,18})[ \t]*(?=\r\n)", re.IGNORECASE)
CHUNKED = re.compile(rb"\ntransfer-encoding[ \t]*:", re.IGNORECASE)
EXPECTS = re.compile(rb"\nexpect[ \t]*:[ \t]*100-continue", re.IGNORECASE)

# A request that somebody without a session may have sent, and that a cached response may answer.
LONGEST_PLAIN = 8_192
PLAIN = re.compile(rb"(?:GET|HEAD) /[^\r\n]* HTTP/1\.1\r\n(?:[^\r\n]+\r\n)+\r\n", re.DOTALL)
UNUSUAL = re.compile(
    rb"\n(?:authorization|content-length|cookie|expect|http2-settings|range|transfer-encoding|upgrade)[ \t]*:",
    re.IGNORECASE,
)


class RefusedError(Exception):
    """The request is not read to its end."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class Chunks:
    """Finds the end of a body in chunks (RFC 9112, section 7.1); what is wrong in it is for the parser to refuse."""

    def __init__(self) -> None:
        self.passed, self.in_trailers, self.has_ended = 0, False, False

    def count(self, data: bytearray) -> int:
        """How much of the data belongs to the body; it begins where the last one ended."""
        at = 0
        while not self.has_ended:
            at += self.passed
            if at >= len(data):
                self.passed = at - len(data)
                return len(data)
            self.passed = 0
            line_end = data.find(b"\r\n", at)
            if line_end < 0:
                if len(data) - at > LONGEST_HEAD:
                    raise RefusedError(HTTPStatus.BAD_REQUEST)
                return at
            self._read(bytes(data[at:line_end]))
            at = line_end + 2
        return at

    def _read(self, line: bytes) -> None:
        size = line.partition(b";")[0].strip()
        if self.in_trailers:
            self.has_ended = not line
        elif not re.fullmatch(rb"[0-9a-fA-F]{1,15}", size):
            self.has_ended = True
        elif int(size, 16):
            self.passed = int(size, 16) + len(b"\r\n")
        else:
            self.in_trailers = True


class IncomingRequest:
    """One request of a connection, as far as it has arrived; `ahead` is what has arrived of those after it."""

    def __init__(self, ahead: bytearray) -> None:
        self.ahead = ahead
        self.head = b""
        self.received, self.length = 0, 0
        self.chunks: Chunks | None = None
        self.body: SpooledTemporaryFile[bytes] | None = None
        self.has_arrived = False
        self.began = monotonic()

    def due(self) -> float:
        """When the client has to have sent more, or all of it."""
        if self.head:
            return self.began + BODY_SECONDS + self.received / LEAST_RATE
        return self.began + (HEAD_SECONDS if self.ahead else FIRST_SECONDS)

    def receive(self, client: socket) -> None:
        """Take what is there, without waiting; raises RefusedError, and EOFError if the client goes in the middle."""
        try:
            data = client.recv(READ_AT_ONCE, MSG_DONTWAIT)
        except BlockingIOError:
            return
        is_first = not self.ahead and not self.head
        self.ahead += data
        self.sort()
        if not data and not self.has_arrived:
            if self.head or not self.ahead:
                raise EOFError
            # Something that is no request, which the parser refuses.
            self._end_head(len(self.ahead))
            self.has_arrived = True
        elif is_first:
            self.began = monotonic()
        if self.head and not self.has_arrived and not self.received and EXPECTS.search(self.head):
            client.send(b"HTTP/1.1 100 Continue\r\n\r\n", MSG_DONTWAIT)

    def sort(self) -> None:
        """Take from `ahead` what belongs to this request."""
        if not self.head:
            end = self.ahead.find(END)
            if end < 0:
                if len(self.ahead) > LONGEST_HEAD:
                    raise RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
                return
            self._end_head(end + len(END))
            self.began = monotonic()
            lengths, is_chunked = LENGTH.findall(self.head), CHUNKED.search(self.head)
            if is_chunked and not lengths:
                self.chunks = Chunks()
            elif len(lengths) == 1 and not is_chunked:
                self.length = int(lengths[0])
            # What says both, or several, is for the parser to refuse.
        count = self.chunks.count(self.ahead) if self.chunks else min(len(self.ahead), self.length - self.received)
        self._store(count)
        self.has_arrived = self.chunks.has_ended if self.chunks else self.received == self.length
        if self.has_arrived and self.body:
            self.body.seek(0)

    def _end_head(self, end: int) -> None:
        self.head = bytes(self.ahead[:end])
        del self.ahead[:end]

    def _store(self, count: int) -> None:
        self.received += count
        if max(self.received, self.length) > LONGEST_BODY:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if count:
            self.body = self.body or SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it is closed with the request
            self.body.write(self.ahead[:count])
            del self.ahead[:count]

    def is_plain(self) -> bool:
        is_short = not self.body and len(self.head) <= LONGEST_PLAIN
        return is_short and bool(PLAIN.fullmatch(self.head)) and not UNUSUAL.search(self.head)

    def recv(self, size: int) -> bytes:
        """Give it to the parser, in place of the connection's socket: what is not here does not come."""
        head, self.head = self.head, b""
        return head or (self.body.read(size) if self.body else b"")

    def close(self) -> None:
        if self.body:
            self.body.close()
