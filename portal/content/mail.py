"""Email: rendered in the reader's language and the site's look, and sent by the task queue."""

import re
import smtplib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.message import MIMEPart
from email.utils import formataddr, make_msgid
from time import monotonic
from traceback import extract_tb
from typing import Any

from django.conf import settings
from django.core.mail import DNS_NAME, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from wagtail.models import Site

from portal.content.records.settings import SiteSettings
from portal.platform.measuring.metrics import MAILS, count
from portal.platform.operation.traces import span
from portal.platform.tasks.durable import PermanentFailureError, fails_if_interrupted, mailing

# Permanent negative replies (RFC 5321, section 4.2.1).
REFUSED_FOR_GOOD = range(500, 600)
# These are exceptions, about the server, the route or the sender (RFC 3463): a wrong setting may be the cause.
REFUSED_MEANWHILE = re.compile(rb"5\.[3457]\.")
# Seconds without connection attempts after a time-out, because each attempt would block the queue.
SILENCE = 30.0
_silent_until = 0.0


class MailServerSilentError(Exception):
    """No connection was attempted, because the last one timed out. The task will be retried."""


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Message:
    """An email ready to be sent."""

    to: str
    subject: str
    text: str
    html: str = ""
    sender: str = ""
    reply_to: str = ""
    # These are added to the headers of all emails.
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    # The primary key of the sending site; None for the network.
    site: int | None = None
    # If its process ends or the connection is lost while it is being sent, it may have arrived: it becomes a failed
    # task, and is not sent again.
    at_most_once: bool = False


def compose(
    name: str,
    context: Mapping[str, Any],
    *,
    to: str,
    language: str,
    site: Site | None = None,
    site_settings: SiteSettings | None = None,
    **fields: Any,
) -> Message:
    """Render `emails/<name>.txt` (its first line is the subject) and `emails/<name>.html`; both extend `emails/base.*`.

    `site_settings` are those of the site, if already loaded; `fields` are further fields of the message.
    """
    if site and site_settings is None:
        site_settings = SiteSettings.for_site(site)
    context = {
        **context,
        "language": language,
        "site": site,
        "name": site.site_name if site else settings.WAGTAIL_SITE_NAME,
        "colour": site_settings.brand_colour if site_settings else "#333333",
    }
    with translation.override(language):
        subject, _newline, text = render_to_string(f"emails/{name}.txt", context).strip().partition("\n")
        html = render_to_string(f"emails/{name}.html", context)
    address = (site_settings and site_settings.sender_address) or settings.DEFAULT_FROM_EMAIL
    sender = formataddr((" ".join(context["name"].split()), address)) if site else ""
    facts = {"sender": sender, "site": site.pk if site else None, **fields}
    # Line breaks are removed: one in a title would start another header.
    return Message(to=to, subject=" ".join(subject.split()), text=text.strip() + "\n", html=html, **facts)


def enqueue(messages: Iterable[Message]) -> None:
    """Queue messages. They are sent after the current transaction and retried while the mail server is unavailable."""
    for message in messages:
        deliver.enqueue(serialize(message))


def serialize(message: Message) -> dict[str, Any]:
    """The JSON value of a message, for `deliver`."""
    return vars(message) | {
        # All attempts share one Message-ID, so that mail servers recognise duplicates.
        "headers": {"Message-ID": make_msgid(domain=str(DNS_NAME)), **message.headers},
        "attachments": [[each.name, b64encode(each.content).decode(), each.media_type] for each in message.attachments],
    }


def _text_part(name: str, content: bytes, media_type: str) -> MIMEPart:
    """A text attachment in base64. Django would send 8-bit text, which servers without 8BITMIME reject or damage."""
    part = MIMEPart()
    subtype = media_type.partition("/")[2]
    part.set_content(content, maintype="text", subtype=subtype, disposition="attachment", filename=name, cte="base64")
    part.set_param("charset", "utf-8")
    return part


@mailing
def deliver(message: dict[str, Any]) -> None:
    if SiteSettings.objects.filter(site=message.get("site"), is_staging=True).exists():
        # A staging copy must not write to the original's readers.
        return
    mail = EmailMultiAlternatives(
        subject=message["subject"],
        body=message["text"],
        from_email=message["sender"] or None,
        to=[message["to"]],
        reply_to=[message["reply_to"]] if message["reply_to"] else None,
        # Stops auto-responders (RFC 3834).
        headers={"Auto-Submitted": "auto-generated", **message["headers"]},
    )
    if message["html"]:
        mail.attach_alternative(message["html"], "text/html")
    for name, content, media_type in message["attachments"]:
        data = b64decode(content)
        if media_type.startswith("text/"):
            mail.attach(_text_part(name, data, media_type))
        else:
            mail.attach(name, data, media_type)
    with span("mail"):
        _send(mail, at_most_once=bool(message.get("at_most_once")))


fails_if_interrupted[deliver.func] = lambda message: bool(message.get("at_most_once"))


def _send(mail: EmailMultiAlternatives, *, at_most_once: bool = False) -> None:
    """Raises PermanentFailureError for a permanent refusal, MailServerSilentError if the server does not respond.

    With `at_most_once`, it is also raised if the connection was lost while the text was sent or before its receipt was
    confirmed.
    """
    global _silent_until
    if monotonic() < _silent_until:
        raise MailServerSilentError("The mail server did not respond a few seconds ago.")
    try:
        mail.send()
        count(MAILS, kind="single", outcome="sent")
    except OSError as error:
        count(MAILS, kind="single", outcome="failed")
        replies: Iterable[tuple[int, bytes | str]] = ()
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            replies = error.recipients.values()
        elif isinstance(error, smtplib.SMTPDataError):
            replies = [(error.smtp_code, error.smtp_error)]
        if replies and all(_is_permanent(code, reply) for code, reply in replies):
            raise PermanentFailureError(f"{type(error).__name__}: {error}") from error
        if _is_silence(error):
            _silent_until = monotonic() + SILENCE
        if at_most_once and _may_have_arrived(error):
            raise PermanentFailureError(f"The mail may have arrived. {type(error).__name__}: {error}") from error
        raise


def _may_have_arrived(error: OSError) -> bool:
    """Whether the connection was lost in the last step of a delivery, `smtplib.SMTP.data`."""
    is_lost = isinstance(error, smtplib.SMTPServerDisconnected)
    return is_lost and any(frame.name == "data" for frame in extract_tb(error.__traceback__))


def _is_silence(error: OSError) -> bool:
    """Whether the server did not respond at all. smtplib raises its own exception for a time-out."""
    is_time_out = isinstance(error.__context__, TimeoutError)
    return is_time_out or not isinstance(error, smtplib.SMTPException) or isinstance(error, smtplib.SMTPConnectError)


def _is_permanent(code: int, reply: bytes | str) -> bool:
    message = reply if isinstance(reply, bytes) else reply.encode(errors="replace")
    return code in REFUSED_FOR_GOOD and not REFUSED_MEANWHILE.match(message)
