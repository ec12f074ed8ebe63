"""The copies of one mail: encoded once, with their own address and links each."""

import email.message
import email.policy
from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from django.core.mail import EmailMultiAlternatives

from portal.newsletter.mail import LEAVE, PREFERENCES, Mail
from portal.newsletter.sending.encoding import EncodedTemplate, encoded

MARKS = (LEAVE, PREFERENCES)
MARK_HEADER = "X-Portal-Delivery"

ENCODING = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
NAMES = {"Subject", "From", "To", "Reply-To"}
WORDS = email.policy.SMTP
# Folded, a long address in a header would be written as an encoded word, which no mail program follows.
UNFOLDED = WORDS.clone(max_line_length=990)


class ReadyMessage(email.message.EmailMessage):
    """A message whose body is encoded already; the headers are written as ever."""

    body = b""

    def as_bytes(self, unixfrom: bool = False, policy: Any = None) -> bytes:
        lines = [(WORDS if name in NAMES else UNFOLDED).fold(name, value).encode() for name, value in self.items()]
        return b"".join([*lines, b"\r\n", self.body])

    def as_string(self, unixfrom: bool = False, maxheaderlen: int | None = None, policy: Any = None) -> str:
        return self.as_bytes().decode("ascii")


class Master:
    """One mail, from which its copies are made. The encoded body is nearly all of the work, and done here."""

    def __init__(self, mail: Mail):
        self.mail = mail
        self.boundary = f"=_{token_hex(12)}"
        self.text = EncodedTemplate.of(mail.text, MARKS)
        self.html = EncodedTemplate.of(mail.html, MARKS)

    def body(self, links: Mapping[str, str]) -> bytes:
        values = {mark: encoded(link) for mark, link in links.items()}
        line = f"--{self.boundary}".encode()
        parts = []
        for subtype, mould in (("plain", self.text), ("html", self.html)):
            kind = f"\r\nContent-Type: text/{subtype}; charset=utf-8\r\n".encode()
            parts += [line, kind, ENCODING, mould.cast(values), b"\r\n"]
        return b"".join([*parts, line, b"--\r\n"])

    def copy(
        self, *, to: str, links: Mapping[str, str], sender: str, envelope: str, reply_to: str, headers: dict[str, str]
    ) -> "Copy":
        """A copy for one address; `links` are its own, by mark."""
        return Copy(
            self,
            links,
            subject=self.mail.subject,
            from_email=envelope or sender,
            to=[to],
            reply_to=[reply_to] if reply_to else None,
            headers={**headers, "From": sender} if envelope else headers,
        )


class Copy(EmailMultiAlternatives):
    """A mail for any of Django's backends. What asks for its parts gets them; SMTP gets the encoded whole."""

    def __init__(self, master: Master, links: Mapping[str, str], **facts: Any):
        super().__init__(body="", **facts)
        self.master = master
        self.links = links
        self.prepared = True

    def filled(self, text: str) -> str:
        for mark, link in self.links.items():
            text = text.replace(mark, link)
        return text

    def with_parts(self) -> "Copy":
        """The same with text and HTML as parts of their own, for backends that hand them to a provider.

        A provider takes returns in by itself, and most refuse a copy that names another address for them.
        """
        self.from_email = self.extra_headers.pop("From", self.from_email)
        if mark := self.extra_headers.get(MARK_HEADER):
            # A provider tells it again with what it tells of the copy.
            self.metadata = {"delivery": mark}
        self.body = self.filled(self.master.mail.text)
        self.attach_alternative(self.filled(self.master.mail.html), "text/html")
        self.prepared = False
        return self

    def message(self, *, policy: Any = email.policy.default) -> Any:
        whole = super().message(policy=policy)
        if not self.prepared:
            return whole
        ready = ReadyMessage(policy=policy)
        for name, value in whole.items():
            if name.lower() not in ("content-type", "content-transfer-encoding", "mime-version"):
                ready[name] = value
        ready["MIME-Version"] = "1.0"
        ready["Content-Type"] = f'multipart/alternative; boundary="{self.master.boundary}"'
        ready.body = self.master.body(self.links)
        return ready
