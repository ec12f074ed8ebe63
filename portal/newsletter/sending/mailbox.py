"""Reads the bounces in a mailbox on an IMAP server (RFC 3501), and moves or flags what it has read."""

import imaplib
import logging
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Timer
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from portal.env import Mailbox
from portal.newsletter.sending.bounces import MAX_MESSAGE_SIZE, record_bounces, reports_in
from portal.platform.tasks.durable import PermanentFailureError, durable

# Seconds without a response of the server, and of one run; the next run continues.
TIMEOUT, RUN_SECONDS = 30, 120
# Seconds until the connection is closed, even if the server still sends byte by byte.
MAX_SECONDS = 180

logger = logging.getLogger(__name__)


@durable
def read_bounce_mailbox() -> None:
    """Read the mailbox in a separate task, because a slow server must not delay the scheduler."""
    if settings.NEWSLETTER_BOUNCE_MAILBOX:
        try:
            read_mailbox(settings.NEWSLETTER_BOUNCE_MAILBOX, timezone.now())
        except (OSError, imaplib.IMAP4.error) as error:
            raise PermanentFailureError(f"The mailbox cannot be read: {error}") from error


def read_mailbox(mailbox: Mailbox, now: datetime) -> dict[str, int]:
    """Record the bounces in a mailbox; return their numbers, as `record_bounces` does. Raises OSError or IMAP4.error.

    A mail is moved or flagged after its bounce is stored. If the process ends in between, the mail is read again, which
    counts once. The server's refusal to move or flag a mail is raised after the others.
    """
    counts, until = {"hard": 0, "soft": 0, "unknown": 0}, time.monotonic() + RUN_SECONDS
    refusal: imaplib.IMAP4.error | None = None
    with _opened(mailbox) as server:
        can_move = b"MOVE" in _result(server.capability())[-1].upper().split()
        # A mail that could be copied, but not moved, is flagged as deleted.
        wanted = "UNDELETED" if mailbox.done else "UNSEEN UNDELETED"
        [keys] = _result(server.uid("SEARCH", wanted))
        for key in (keys or b"").decode("ascii").split():
            try:
                raw = _message(server, key)
                if raw is not None:
                    for name, count in _record(raw, now).items():
                        counts[name] += count
                    _set_aside(server, key, mailbox, can_move=can_move)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                refusal = error
            if time.monotonic() > until:
                break
    if refusal:
        raise refusal
    return counts


@contextmanager
def _opened(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    context = ssl.create_default_context()
    server = imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=TIMEOUT)
    limit = Timer(MAX_SECONDS, _close, [server.socket()])
    limit.daemon = True
    limit.start()
    try:
        _result(server.login(mailbox.user, mailbox.password))
        if mailbox.done:
            # It usually exists.
            server.create(_quoted(mailbox.done))
        _result(server.select(_quoted(mailbox.folder)))
        yield server
    finally:
        limit.cancel()
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()
        # After an error, the log-out does not close the connection.
        with suppress(OSError):
            server.shutdown()


def _close(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _result(response: tuple[str, Any]) -> Any:
    status, data = response
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status} {data}"[:200])
    return data


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", r"\\").replace('"', r"\"") + '"'


def _message(server: imaplib.IMAP4, key: str) -> bytes | None:
    """Return the first part of a mail without flagging it as seen; None if it is gone."""
    data = _result(server.uid("FETCH", key, f"(BODY.PEEK[]<0.{MAX_MESSAGE_SIZE}>)"))
    return next((part[1] for part in data if isinstance(part, tuple)), None)


def _record(raw: bytes, now: datetime) -> dict[str, int]:
    """Record a mail's bounce. A malformed mail counts as unknown, so that it does not stop those after it."""
    try:
        return record_bounces(reports_in([raw]), now)
    except (OperationalError, InterfaceError):
        # The database is unavailable.
        raise
    except Exception:
        logger.exception("A mail in the mailbox for bounces could not be read")
        return {"unknown": 1}


def _set_aside(server: imaplib.IMAP4, key: str, mailbox: Mailbox, *, can_move: bool) -> None:
    if not mailbox.done:
        _result(server.uid("STORE", key, "+FLAGS", r"(\Seen)"))
    elif can_move:
        _result(server.uid("MOVE", key, _quoted(mailbox.done)))
    else:
        _result(server.uid("COPY", key, _quoted(mailbox.done)))
        _result(server.uid("STORE", key, "+FLAGS", r"(\Seen \Deleted)"))
