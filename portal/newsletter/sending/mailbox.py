"""Reads the bounces in a mailbox on an IMAP server (RFC 3501), and moves or flags what it has read."""

import imaplib
import logging
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from portal.env import Mailbox
from portal.newsletter.sending.bounces import MAX_MESSAGE_SIZE, BounceReport, record_bounces, reports_in

# Seconds without a response of the server, and of one run; the next run continues.
TIMEOUT, RUN_SECONDS = 30, 120

logger = logging.getLogger(__name__)


def read_mailbox(mailbox: Mailbox, now: datetime) -> dict[str, int]:
    """Record the bounces in a mailbox; return their numbers, as `record_bounces` does. Raises OSError or IMAP4.error.

    A mail is moved or flagged after its bounce is stored. If the process ends in between, the mail is read again, which
    counts once.
    """
    counts, until = {"hard": 0, "soft": 0, "unknown": 0}, time.monotonic() + RUN_SECONDS
    with _opened(mailbox) as server:
        can_move = b"MOVE" in _result(server.capability())[-1].upper().split()
        # A mail that could be copied, but not moved, is flagged as deleted.
        wanted = "UNDELETED" if mailbox.done else "UNSEEN UNDELETED"
        [keys] = _result(server.uid("SEARCH", wanted))
        for key in (keys or b"").decode("ascii").split():
            raw = _message(server, key)
            if raw is not None:
                for name, count in record_bounces(_reports(raw), now).items():
                    counts[name] += count
                _set_aside(server, key, mailbox, can_move=can_move)
            if time.monotonic() > until:
                break
    return counts


@contextmanager
def _opened(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    context = ssl.create_default_context()
    server = imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=TIMEOUT)
    try:
        _result(server.login(mailbox.user, mailbox.password))
        if mailbox.done:
            # It usually exists.
            server.create(_quoted(mailbox.done))
        _result(server.select(_quoted(mailbox.folder)))
        yield server
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()
        # After an error, the log-out does not close the connection.
        with suppress(OSError):
            server.shutdown()


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


def _reports(raw: bytes) -> list[BounceReport]:
    """Parse a mail. A malformed one is no report, so that it does not stop those after it."""
    try:
        return list(reports_in([raw]))
    except Exception:
        logger.exception("A mail in the mailbox for bounces could not be parsed")
        return [BounceReport(None, is_hard=False)]


def _set_aside(server: imaplib.IMAP4, key: str, mailbox: Mailbox, *, can_move: bool) -> None:
    if not mailbox.done:
        _result(server.uid("STORE", key, "+FLAGS", r"(\Seen)"))
    elif can_move:
        _result(server.uid("MOVE", key, _quoted(mailbox.done)))
    else:
        _result(server.uid("COPY", key, _quoted(mailbox.done)))
        _result(server.uid("STORE", key, "+FLAGS", r"(\Seen \Deleted)"))
