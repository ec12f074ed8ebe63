"""Mails that the portal sends: written in the reader's language and the site's look, posted through the queue."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import formataddr, make_msgid
from typing import Any

from django.conf import settings
from django.core.mail import DNS_NAME, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from wagtail.models import Site

from portal.core.models import SiteSettings
from portal.core.tasks.durable import durable


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    kind: str
    """The media type, such as `text/calendar`."""


@dataclass(frozen=True)
class Message:
    """A mail that is ready to go. `headers` are beside those that every mail has."""

    to: str
    subject: str
    text: str
    html: str = ""
    sender: str = ""
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    enclosures: tuple[Attachment, ...] = ()


def compose(
    name: str, context: Mapping[str, Any], *, to: str, language: str, site: Site | None = None, **facts: Any
) -> Message:
    """Render `emails/<name>.txt` (its first line is the subject) and `emails/<name>.html`; both extend `emails/base.*`.

    `facts` are the letter's remaining fields.
    """
    site_settings = SiteSettings.for_site(site) if site else None
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
    # A new line in a title would begin a header of its own.
    return Message(
        to=to, subject=" ".join(subject.split()), text=text.strip() + "\n", html=html, **{"sender": sender, **facts}
    )


def enqueue(letters: Iterable[Message]) -> None:
    """Put letters into the queue: they leave after the present transaction, and again if the mail server is away."""
    for letter in letters:
        deliver.enqueue(serialize(letter))


def serialize(letter: Message) -> dict[str, Any]:
    """A letter as `deliver` takes it."""
    return {
        "to": letter.to,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "sender": letter.sender,
        "reply_to": letter.reply_to,
        # One and the same at every attempt: mail servers know a copy by it.
        "headers": {"Message-ID": make_msgid(domain=str(DNS_NAME)), **letter.headers},
        "enclosures": [[each.name, b64encode(each.content).decode(), each.kind] for each in letter.enclosures],
    }


@durable
def deliver(letter: dict[str, Any]) -> None:
    message = EmailMultiAlternatives(
        subject=letter["subject"],
        body=letter["text"],
        from_email=letter["sender"] or None,
        to=[letter["to"]],
        reply_to=[letter["reply_to"]] if letter["reply_to"] else None,
        # Answering machines leave such mails alone (RFC 3834).
        headers={"Auto-Submitted": "auto-generated", **letter["headers"]},
    )
    if letter["html"]:
        message.attach_alternative(letter["html"], "text/html")
    for name, content, kind in letter["enclosures"]:
        message.attach(name, b64decode(content), kind)
    message.send()
