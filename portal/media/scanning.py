"""Scans files that readers send: the setting UPLOAD_SCANNER names the function, such as `clamd` or `unscanned`.

The function takes an open file and returns the name of the malware that it found, or an empty string. It raises
ScanError if it cannot tell; then the file is refused.
"""

import socket
import struct
import time
from collections.abc import Callable
from typing import IO, Any

from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string

# In seconds, for the whole conversation with clamd.
TIME_LIMIT = 20
PIECE = 64 * 1024
LONGEST_REPLY = 4096


class ScanError(Exception):
    """The file was not scanned."""


def clamd(file: IO[bytes]) -> str:
    """Scan with ClamAV's daemon at CLAMD_ADDRESS, by its command INSTREAM."""
    deadline = time.monotonic() + TIME_LIMIT
    try:
        with _connection(settings.CLAMD_ADDRESS) as connection:
            _send(connection, b"zINSTREAM\0", deadline)
            file.seek(0)
            while piece := file.read(PIECE):
                _send(connection, struct.pack(">I", len(piece)) + piece, deadline)
            _send(connection, struct.pack(">I", 0), deadline)
            reply = _reply(connection, deadline)
    except (OSError, ValueError) as error:
        raise ScanError(f"clamd at {settings.CLAMD_ADDRESS} does not answer: {error}") from error
    finally:
        file.seek(0)
    result = reply.removeprefix("stream:").strip()
    if result == "OK":
        return ""
    if result.endswith(" FOUND"):
        return result.removesuffix(" FOUND")
    raise ScanError(f"clamd at {settings.CLAMD_ADDRESS} says: {result or 'nothing'}")


def unscanned(file: IO[bytes]) -> str:
    """Accept every file. The operator decides so by naming this function; nothing else may use it."""
    return ""


def scanner() -> Callable[[IO[bytes]], str] | None:
    """The function of the setting; None if this installation accepts no files from readers."""
    return import_string(settings.UPLOAD_SCANNER) if settings.UPLOAD_SCANNER else None


@checks.register
def check_scanner(**kwargs: Any) -> list[Any]:
    try:
        scanner()
    except ImportError:
        message = f"UPLOAD_SCANNER is {settings.UPLOAD_SCANNER!r}, but there is no such function."
        return [checks.Error(message, hint="Try portal.media.scanning.clamd.", id="portal.E004")]
    return []


def _connection(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(TIME_LIMIT)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), TIME_LIMIT)


def _limit(connection: socket.socket, deadline: float) -> None:
    """Let the next step take no longer than until the deadline. Raises TimeoutError after it."""
    if (remaining := deadline - time.monotonic()) <= 0:
        raise TimeoutError(f"no answer within {TIME_LIMIT} seconds")
    connection.settimeout(remaining)


def _send(connection: socket.socket, content: bytes, deadline: float) -> None:
    _limit(connection, deadline)
    connection.sendall(content)


def _reply(connection: socket.socket, deadline: float) -> str:
    found = b""
    while not found.endswith(b"\0") and len(found) < LONGEST_REPLY:
        _limit(connection, deadline)
        piece = connection.recv(PIECE)
        if not piece:
            break
        found += piece
    return found.rstrip(b"\0\n").decode(errors="replace")
