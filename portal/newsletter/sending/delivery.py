"""Sends copies by SMTP or the API of a provider, several at once within the rate limit, and classifies each outcome."""

import re
import smtplib
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.policy import EmailPolicy
from enum import Enum, auto
from queue import SimpleQueue
from threading import Lock
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from portal.newsletter.sending.bounces import without_addresses

TOKEN_HEADER = "X-Portal-Delivery"  # noqa: S105 - the name of a header
UNFOLDED_HEADERS = {"Message-ID", "List-Id", "List-Unsubscribe", TOKEN_HEADER}
MAILER = "newsletter"
# The functions of smtplib before DATA: if the connection breaks in one of them, the server has no text to deliver.
STEPS_BEFORE_DATA = {"connect", "ehlo", "helo", "starttls", "login", "mail", "rcpt", "rset", "open"}
# HTTP statuses that concern our account with the provider (key, quota, URL, rate limit), not the recipient.
ACCOUNT_STATUSES = {401, 402, 403, 404, 405, 407, 408, 425, 429}
# Class names of errors of anymail and its libraries that are raised before anything is sent.
UNSENT_ERRORS = {"ImproperlyConfigured", "AnymailUnsupportedFeature", "NewConnectionError", "ConnectTimeoutError"}
# Errors that mean that no server responds, or that the settings are wrong.
UNREACHABLE = (OSError, smtplib.SMTPException, ImproperlyConfigured, ImportError)
# A rejection for reasons of policy (RFC 3463, X.7.X) concerns the sender, regardless of the SMTP command.
POLICY_REPLY = re.compile(r"^\d{3}[ -]5\.7\.")


class CopyPolicy(EmailPolicy):
    """SMTP in ASCII, with whole links in the headers.

    Folding would turn a long link into an encoded word, which mail programs cannot follow.
    """

    linesep = "\r\n"
    # The limit of encoded bodies (RFC 2045, section 6.7).
    max_line_length = 76
    cte_type = "7bit"

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name in UNFOLDED_HEADERS:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


class Copy(EmailMultiAlternatives):
    def message(self, *, policy: Any = None) -> Any:
        return super().message(policy=CopyPolicy())

    def for_provider(self) -> "Copy":
        """The same mail for the API of a provider.

        Providers handle bounces themselves, and most reject another envelope sender.
        """
        self.from_email = self.extra_headers.pop("From", self.from_email)
        # The provider repeats the metadata in its webhook events.
        self.metadata = {"delivery": self.extra_headers[TOKEN_HEADER]}
        return self


class DeliveryStatus(Enum):
    SENT = auto()
    REJECTED = auto()
    # The copy was not sent; a retry may succeed.
    DEFERRED = auto()
    # The connection broke while the server had the text: the copy may be delivered or not.
    UNCERTAIN = auto()


@dataclass(frozen=True)
class Outcome:
    status: DeliveryStatus
    reply: str = ""
    # Whether every recipient would cause the same error.
    is_server_error: bool = False
    # Whether the rejection concerns the address, not the sender or the content.
    is_hard_bounce: bool = False


class MailServerUnavailableError(Exception):
    """No mail server can be reached."""


class MailRate:
    """A limit of `rate` mails per second for several threads; 0 means no limit."""

    def __init__(self, rate: int):
        self.interval = 1 / rate if rate else 0.0
        self._next_at, self._lock = 0.0, Lock()

    def wait(self) -> None:
        if not self.interval:
            return
        with self._lock:
            now = time.monotonic()
            own_time = max(now, self._next_at)
            self._next_at = own_time + self.interval
        time.sleep(own_time - now)


class MailConnection:
    def __init__(self, limit: MailRate):
        self.backend: Any = mailers[MAILER if MAILER in mailers else "default"]
        self.limit = limit
        self.backend.open()

    def send(self, copy: Copy) -> Outcome:
        self.limit.wait()
        if not isinstance(self.backend, SmtpBackend):
            copy = copy.for_provider()
        try:
            self._reconnect_if_closed()
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(DeliveryStatus.DEFERRED, reply_of(error), is_server_error=True)
        try:
            if self.backend.send_messages([copy]):
                return Outcome(DeliveryStatus.SENT)
            return Outcome(DeliveryStatus.DEFERRED, "not accepted")
        except Exception as error:
            self.close()
            return outcome_of(error)

    def _reconnect_if_closed(self) -> None:
        connection = getattr(self.backend, "connection", None)
        if isinstance(connection, smtplib.SMTP) and connection.sock is None:
            self.close()
        self.backend.open()

    def close(self) -> None:
        with suppress(Exception):
            self.backend.close()
        if isinstance(self.backend, SmtpBackend):
            self.backend.connection = None


class MailConnections:
    """Up to `most` concurrent connections, opened when they are needed; `first` is open already."""

    def __init__(self, first: MailConnection, most: int):
        self._all, self._most, self._free = [first], most, SimpleQueue[MailConnection]()
        self._free.put(first)
        self._threads = ThreadPoolExecutor(most)

    def send(self, copies: Sequence[Copy]) -> Iterator[Outcome]:
        while len(self._all) < min(len(copies), self._most):
            try:
                self._all.append(MailConnection(self._all[0].limit))
            except UNREACHABLE:
                # Servers limit the connections of one client.
                self._most = len(self._all)
            else:
                self._free.put(self._all[-1])
        return self._threads.map(self._send, copies)

    def _send(self, copy: Copy) -> Outcome:
        connection = self._free.get()
        try:
            return connection.send(copy)
        finally:
            self._free.put(connection)

    def close(self) -> None:
        self._threads.shutdown()
        for each in self._all:
            each.close()


@contextmanager
def open_connections(most: int) -> Iterator[MailConnections]:
    """Raise MailServerUnavailableError if no server responds or the settings are wrong."""
    try:
        connections = MailConnections(MailConnection(MailRate(settings.NEWSLETTER_RATE)), most)
    except UNREACHABLE as error:
        raise MailServerUnavailableError(reply_of(error)) from error
    try:
        yield connections
    finally:
        connections.close()


def outcome_of(error: Exception) -> Outcome:
    """Classify an exception that an e-mail backend raised for one copy."""
    reply = reply_of(error)
    names = set(_class_names(error))
    if names & UNSENT_ERRORS:
        return Outcome(DeliveryStatus.DEFERRED, reply, is_server_error=True)
    if "AnymailRecipientsRefused" in names:
        return Outcome(DeliveryStatus.REJECTED, reply, is_hard_bounce=True)
    # An API error of anymail has the HTTP status of the provider's response.
    if (status := getattr(error, "status_code", None)) is not None:
        return _outcome_of_status(int(status), reply)
    match error:
        case smtplib.SMTPRecipientsRefused():
            return _outcome_of_refusal(next(iter(error.recipients.values()))[0], reply)
        case smtplib.SMTPDataError():
            return _outcome_of_refusal(error.smtp_code, reply)
        case smtplib.SMTPResponseException():
            # The sender or the login is rejected, for every recipient.
            return Outcome(DeliveryStatus.DEFERRED, reply, is_server_error=True)
        case smtplib.SMTPServerDisconnected() | OSError():
            steps = {frame.name for frame in traceback.extract_tb(error.__traceback__)}
            is_before_data = bool(steps & STEPS_BEFORE_DATA) and "data" not in steps
            return Outcome(DeliveryStatus.DEFERRED if is_before_data else DeliveryStatus.UNCERTAIN, reply)
        case smtplib.SMTPNotSupportedError() | ValueError():
            return _outcome_of_refusal(550, reply)
    return Outcome(DeliveryStatus.UNCERTAIN, reply)


def _outcome_of_refusal(code: int, reply: str) -> Outcome:
    if code < 500:
        return Outcome(DeliveryStatus.DEFERRED, reply)
    return Outcome(DeliveryStatus.REJECTED, reply, is_hard_bounce=not POLICY_REPLY.match(reply))


def _outcome_of_status(status: int, reply: str) -> Outcome:
    if status in ACCOUNT_STATUSES:
        return Outcome(DeliveryStatus.DEFERRED, reply, is_server_error=True)
    # A 4xx status may also concern the sender, depending on the provider, so it is not a bounce.
    return Outcome(DeliveryStatus.REJECTED if status in range(400, 500) else DeliveryStatus.UNCERTAIN, reply)


def _class_names(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield from (each.__name__ for each in type(error).__mro__)
        error = error.__cause__ or error.__context__


def reply_of(error: Exception) -> str:
    """The server's reply, or else the error, as a delivery stores it."""
    code: int
    text: bytes | str
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, text = next(iter(error.recipients.values()))
        case smtplib.SMTPResponseException():
            code, text = error.smtp_code, error.smtp_error
        case _:
            return without_addresses(f"{type(error).__name__}: {error}")
    return without_addresses(f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}")
