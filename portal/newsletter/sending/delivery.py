"""Hands copies over to the mail server, at a chosen pace, and knows what became of each."""

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
# Where smtplib was when the line broke: before these have passed, the server has nothing that it could deliver.
BEFORE_THE_TEXT = {"connect", "ehlo", "helo", "starttls", "login", "mail", "rcpt", "rset", "open"}
FOR_GOOD = range(500, 600)
# What a provider answers to whoever asks: the key, the account, the address of its service or the pace is wrong.
WHOEVER_ASKS = {401, 402, 403, 404, 405, 407, 408, 425, 429}
# Names of errors, of a provider's library and of what it stands on, that were raised before anything had left.
NOTHING_LEFT = {"ImproperlyConfigured", "AnymailUnsupportedFeature", "NewConnectionError", "ConnectTimeoutError"}
# A refusal for reasons of policy (RFC 3463, X.7.X) is about the sender, wherever it is met.
OF_POLICY = re.compile(r"^\d{3}[ -]5\.7\.")


class DeliveryStatus(Enum):
    SENT = auto()
    REFUSED = auto()
    LATER = auto()
    """It did not go out; it may the next time."""
    UNCERTAIN = auto()
    """The line broke while the server had the text: perhaps it goes out, perhaps not."""


@dataclass(frozen=True)
class Outcome:
    status: DeliveryStatus
    reply: str = ""
    is_servers_trouble: bool = False
    """Whether every other address would have met the same."""
    is_bounce: bool = False
    """Whether the refusal is about the address, and not about the one who sends or what is sent."""


class MailServerUnavailableError(Exception):
    """No mail server can be asked."""


class MailConnection:
    """An open way to the mail server."""

    def __init__(self, backend: Any, rate: int):
        self.backend = backend
        self.pause = 1 / rate if rate else 0.0
        self.next_at = 0.0

    def hand_over(self, copy: Copy) -> Outcome:
        self._keep_pace()
        if not isinstance(self.backend, SmtpBackend):
            copy = copy.with_parts()
        try:
            self._keep_open()
        except (OSError, smtplib.SMTPException) as away:
            return Outcome(DeliveryStatus.LATER, reply_of(away), is_servers_trouble=True)
        try:
            return (
                Outcome(DeliveryStatus.SENT)
                if self.backend.send_messages([copy])
                else Outcome(DeliveryStatus.LATER, "not taken")
            )
        except Exception as error:
            self._hang_up()
            return outcome_of(error)

    def _keep_pace(self) -> None:
        now = time.monotonic()
        if self.pause and now < self.next_at:
            time.sleep(self.next_at - now)
        self.next_at = max(now, self.next_at) + self.pause

    def _keep_open(self) -> None:
        """Connect again where the server has hung up."""
        connection = getattr(self.backend, "connection", None)
        if isinstance(connection, smtplib.SMTP) and connection.sock is None:
            self._hang_up()
        self.backend.open()

    def _hang_up(self) -> None:
        with suppress(Exception):
            self.backend.close()
        if isinstance(self.backend, SmtpBackend):
            self.backend.connection = None


@contextmanager
def open_connection(rate: int | None = None) -> Iterator[MailConnection]:
    """Raises MailServerUnavailableError where no server answers, or where the settings lead to none."""
    try:
        backend = mailers[MAILER if MAILER in mailers else "default"]
        post = MailConnection(backend, settings.NEWSLETTER_RATE if rate is None else rate)
        backend.open()
    except (OSError, smtplib.SMTPException, ImproperlyConfigured, ImportError) as away:
        raise MailServerUnavailableError(reply_of(away)) from away
    try:
        yield post
    finally:
        post._hang_up()


def outcome_of(error: Exception) -> Outcome:
    """What an exception of a mail backend says about the copy that it was raised for."""
    reply = reply_of(error)
    kinds = set(_kinds(error))
    if kinds & NOTHING_LEFT:
        return Outcome(DeliveryStatus.LATER, reply, is_servers_trouble=True)
    if "AnymailRecipientsRefused" in kinds:
        return Outcome(DeliveryStatus.REFUSED, reply, is_bounce=True)
    # A provider's own refusal names the status of its answer.
    if (status := getattr(error, "status_code", None)) is not None:
        return _outcome_of_status(int(status), reply)
    match error:
        case smtplib.SMTPRecipientsRefused():
            code = next(iter(error.recipients.values()))[0]
            return _refused(reply) if code in FOR_GOOD else Outcome(DeliveryStatus.LATER, reply)
        case smtplib.SMTPDataError():
            return _refused(reply) if error.smtp_code in FOR_GOOD else Outcome(DeliveryStatus.LATER, reply)
        case smtplib.SMTPResponseException():
            # The sender or the login is refused, whoever the recipient is.
            return Outcome(DeliveryStatus.LATER, reply, is_servers_trouble=True)
        case smtplib.SMTPServerDisconnected() | OSError():
            steps = {frame.name for frame in traceback.extract_tb(error.__traceback__)}
            is_before = bool(steps & BEFORE_THE_TEXT) and "data" not in steps
            return Outcome(DeliveryStatus.LATER if is_before else DeliveryStatus.UNCERTAIN, reply)
        case smtplib.SMTPNotSupportedError() | ValueError():
            return _refused(reply)
    return Outcome(DeliveryStatus.UNCERTAIN, reply)


def _refused(reply: str) -> Outcome:
    return Outcome(DeliveryStatus.REFUSED, reply, is_bounce=not OF_POLICY.match(reply))


def _outcome_of_status(status: int, reply: str) -> Outcome:
    if status in WHOEVER_ASKS:
        return Outcome(DeliveryStatus.LATER, reply, is_servers_trouble=True)
    # What exactly it does not like, each provider says in its own way: it may be the sender as well.
    return Outcome(DeliveryStatus.REFUSED if status in range(400, 500) else DeliveryStatus.UNCERTAIN, reply)


def _kinds(error: BaseException | None) -> Iterator[str]:
    """The names of the classes of an error, and of those that led to it."""
    while error is not None:
        yield from (kind.__name__ for kind in type(error).__mro__)
        error = error.__cause__ or error.__context__


def reply_of(error: Exception) -> str:
    """The server's words on one line, without the address: what is kept of a delivery names nobody."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        error_text = f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
    elif isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        error_text = f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    else:
        error_text = f"{type(error).__name__}: {error}"
    return re.sub(r"<?[^\s<>]+@[^\s<>]+>?", "…", " ".join(error_text.split()))[:200]
