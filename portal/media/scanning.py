"""Scans files that readers send: the setting UPLOAD_SCANNER names the function, such as `clamd` or `unscanned`.

The function takes an open file and returns the name of the malware that it found, or an empty string. It raises
ScanError if it cannot tell; then the file is refused.
"""

import socket
import struct
from collections.abc import Callable
from typing import IO, Any

from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string

# In seconds, for each step of the conversation with clamd.
TIME_LIMIT = 20
PIECE = 64 * 1024
LONGEST_REPLY = 4096


class ScanError(Exception):
    """The file was not scanned."""


def clamd(file: IO[bytes]) -> str:
    """Scan with ClamAV's daemon at CLAMD_ADDRESS, by its command INSTREAM."""
    try:
        with _connection(settings.CLAMD_ADDRESS) as connection:
            connection.sendall(b"zINSTREAM\0")
            file.seek(0)
            while piece := file.read(PIECE):
                connection.sendall(struct.pack(">I", len(piece)) + piece)
            connection.sendall(struct.pack(">I", 0))
            reply = _reply(connection)
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


def _reply(connection: socket.socket) -> str:
    found = b""
    while not found.endswith(b"\0") and len(found) < LONGEST_REPLY:
        piece = connection.recv(PIECE)
        if not piece:
            break
        found += piece
    return found.rstrip(b"\0\n").decode(errors="replace")
