"""Sends copies through the e-mail backend within the rate limit, and classifies the outcome of each."""

import re
import smtplib
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import mailers
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from portal.newsletter.sending.copies import Copy

MAILER = "newsletter"
# The functions of smtplib before DATA: if the connection breaks in one of them, the server has no text to deliver.
STEPS_BEFORE_DATA = {"connect", "ehlo", "helo", "starttls", "login", "mail", "rcpt", "rset", "open"}
PERMANENT_CODES = range(500, 600)
# HTTP statuses that concern our account with the provider (key, quota, URL, rate limit) and not the recipient.
ACCOUNT_STATUSES = {401, 402, 403, 404, 405, 407, 408, 425, 429}
# Class names of errors, of anymail and the libraries below it, that are raised before anything is sent.
ERRORS_BEFORE_SENDING = {
    "ImproperlyConfigured",
    "AnymailUnsupportedFeature",
    "NewConnectionError",
    "ConnectTimeoutError",
}
# A rejection for reasons of policy (RFC 3463, X.7.X) concerns the sender, in reply to whichever command.
POLICY_REPLY = re.compile(r"^\d{3}[ -]5\.7\.")


class DeliveryStatus(Enum):
    SENT = auto()
    REJECTED = auto()
    DEFERRED = auto()
    """Not sent; a retry may succeed."""
    UNCERTAIN = auto()
    """The connection broke while the server had the text: the copy may be delivered or not."""


@dataclass(frozen=True)
class Outcome:
    status: DeliveryStatus
    reply: str = ""
    is_server_error: bool = False
    """Whether any other recipient would have met the same error."""
    is_hard_bounce: bool = False
    """Whether the rejection concerns the address, and not the sender or the content."""


class MailServerUnavailableError(Exception):
    """No mail server can be reached."""


class MailConnection:
    """An open connection to the mail server. `rate` is in mails a second, 0 for no limit."""

    def __init__(self, backend: Any, rate: int):
        self.backend = backend
        self.interval = 1 / rate if rate else 0.0
        self.next_at = 0.0

    def send(self, copy: Copy) -> Outcome:
        self._wait_for_rate_limit()
        if not isinstance(self.backend, SmtpBackend):
            copy = copy.with_parts()
        try:
            self._reconnect_if_closed()
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(DeliveryStatus.DEFERRED, reply_of(error), is_server_error=True)
        try:
            return (
                Outcome(DeliveryStatus.SENT)
                if self.backend.send_messages([copy])
                else Outcome(DeliveryStatus.DEFERRED, "not accepted")
            )
        except Exception as error:
            self._close()
            return outcome_of(error)

    def _wait_for_rate_limit(self) -> None:
        now = time.monotonic()
        if self.interval and now < self.next_at:
            time.sleep(self.next_at - now)
        self.next_at = max(now, self.next_at) + self.interval

    def _reconnect_if_closed(self) -> None:
        connection = getattr(self.backend, "connection", None)
        if isinstance(connection, smtplib.SMTP) and connection.sock is None:
            self._close()
        self.backend.open()

    def _close(self) -> None:
        with suppress(Exception):
            self.backend.close()
        if isinstance(self.backend, SmtpBackend):
            self.backend.connection = None


@contextmanager
def open_connection(rate: int | None = None) -> Iterator[MailConnection]:
    """Open a connection; raises MailServerUnavailableError if no server answers or the settings are wrong."""
    try:
        backend = mailers[MAILER if MAILER in mailers else "default"]
        mail_connection = MailConnection(backend, settings.NEWSLETTER_RATE if rate is None else rate)
        backend.open()
    except (OSError, smtplib.SMTPException, ImproperlyConfigured, ImportError) as error:
        raise MailServerUnavailableError(reply_of(error)) from error
    try:
        yield mail_connection
    finally:
        mail_connection._close()


def outcome_of(error: Exception) -> Outcome:
    """Classify an exception that an e-mail backend raised for one copy."""
    reply = reply_of(error)
    names = set(_class_names(error))
    if names & ERRORS_BEFORE_SENDING:
        return Outcome(DeliveryStatus.DEFERRED, reply, is_server_error=True)
    if "AnymailRecipientsRefused" in names:
        return Outcome(DeliveryStatus.REJECTED, reply, is_hard_bounce=True)
    # An API error of anymail has the HTTP status of the provider's response.
    if (status := getattr(error, "status_code", None)) is not None:
        return _outcome_of_status(int(status), reply)
    match error:
        case smtplib.SMTPRecipientsRefused():
            code = next(iter(error.recipients.values()))[0]
            return _rejected(reply) if code in PERMANENT_CODES else Outcome(DeliveryStatus.DEFERRED, reply)
        case smtplib.SMTPDataError():
            return _rejected(reply) if error.smtp_code in PERMANENT_CODES else Outcome(DeliveryStatus.DEFERRED, reply)
        case smtplib.SMTPResponseException():
            # The sender or the login is rejected, whoever the recipient is.
            return Outcome(DeliveryStatus.DEFERRED, reply, is_server_error=True)
        case smtplib.SMTPServerDisconnected() | OSError():
            steps = {frame.name for frame in traceback.extract_tb(error.__traceback__)}
            is_before_data = bool(steps & STEPS_BEFORE_DATA) and "data" not in steps
            return Outcome(DeliveryStatus.DEFERRED if is_before_data else DeliveryStatus.UNCERTAIN, reply)
        case smtplib.SMTPNotSupportedError() | ValueError():
            return _rejected(reply)
    return Outcome(DeliveryStatus.UNCERTAIN, reply)


def _rejected(reply: str) -> Outcome:
    return Outcome(DeliveryStatus.REJECTED, reply, is_hard_bounce=not POLICY_REPLY.match(reply))


def _outcome_of_status(status: int, reply: str) -> Outcome:
    if status in ACCOUNT_STATUSES:
        return Outcome(DeliveryStatus.DEFERRED, reply, is_server_error=True)
    # Providers explain a 4xx status in different ways; it may concern the sender as well, so it is no bounce.
    return Outcome(DeliveryStatus.REJECTED if status in range(400, 500) else DeliveryStatus.UNCERTAIN, reply)


def _class_names(error: BaseException | None) -> Iterator[str]:
    """The class names of an error and of its causes."""
    while error is not None:
        yield from (each.__name__ for each in type(error).__mro__)
        error = error.__cause__ or error.__context__


def reply_of(error: Exception) -> str:
    """The server's reply on one line of at most 200 characters, without addresses: a delivery stores none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        error_text = f"{code} {answer.decode(errors='replace') if isinstance(answer, bytes) else answer}"
    elif isinstance(error, smtplib.SMTPResponseException):
        message = error.smtp_error
        error_text = f"{error.smtp_code} {message.decode(errors='replace') if isinstance(message, bytes) else message}"
    else:
        error_text = f"{type(error).__name__}: {error}"
    return re.sub(r"<?[^\s<>]+@[^\s<>]+>?", "…", " ".join(error_text.split()))[:200]
