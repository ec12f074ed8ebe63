"""The copies of one mail: encoded once, then filled with the address and the links of each recipient."""

import email.message
import email.policy
from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from django.core.mail import EmailMultiAlternatives

from portal.newsletter.mail import PREFERENCES_PLACEHOLDER, UNSUBSCRIBE_PLACEHOLDER, Mail
from portal.newsletter.sending.encoding import EncodedTemplate, encode

PLACEHOLDERS = (UNSUBSCRIBE_PLACEHOLDER, PREFERENCES_PLACEHOLDER)
TOKEN_HEADER = "X-Portal-Delivery"  # noqa: S105 - the name of a header

ENCODING = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
FOLDED_HEADERS = {"Subject", "From", "To", "Reply-To"}
FOLDED = email.policy.SMTP
# Folding would turn a long link in a header into an encoded word, which mail programs cannot follow.
UNFOLDED = FOLDED.clone(max_line_length=990)


class EncodedMessage(email.message.EmailMessage):
    """A message whose body is encoded already; only its headers are still to be written."""

    body = b""

    def as_bytes(self, unixfrom: bool = False, policy: Any = None) -> bytes:
        headers = [
            (FOLDED if name in FOLDED_HEADERS else UNFOLDED).fold(name, value).encode() for name, value in self.items()
        ]
        return b"".join([*headers, b"\r\n", self.body])

    def as_string(self, unixfrom: bool = False, maxheaderlen: int | None = None, policy: Any = None) -> str:
        return self.as_bytes().decode("ascii")


class MergeTemplate:
    """One mail with placeholders for the links. It encodes the body once, which is nearly all of the work."""

    def __init__(self, mail: Mail):
        self.mail = mail
        self.boundary = f"=_{token_hex(12)}"
        self.text = EncodedTemplate.of(mail.text, PLACEHOLDERS)
        self.html = EncodedTemplate.of(mail.html, PLACEHOLDERS)

    def body(self, links: Mapping[str, str]) -> bytes:
        values = {placeholder: encode(link) for placeholder, link in links.items()}
        line = f"--{self.boundary}".encode()
        parts = []
        for subtype, part in (("plain", self.text), ("html", self.html)):
            kind = f"\r\nContent-Type: text/{subtype}; charset=utf-8\r\n".encode()
            parts += [line, kind, ENCODING, part.render(values), b"\r\n"]
        return b"".join([*parts, line, b"--\r\n"])

    def copy(
        self,
        *,
        to: str,
        links: Mapping[str, str],
        sender: str,
        envelope_sender: str,
        reply_to: str,
        headers: dict[str, str],
    ) -> "Copy":
        """A copy for one address. `links` has the recipient's link for each placeholder."""
        return Copy(
            self,
            links,
            subject=self.mail.subject,
            from_email=envelope_sender or sender,
            to=[to],
            reply_to=[reply_to] if reply_to else None,
            headers={**headers, "From": sender} if envelope_sender else headers,
        )


class Copy(EmailMultiAlternatives):
    """A mail for any of Django's e-mail backends: encoded for SMTP, and for others see `with_parts`."""

    def __init__(self, template: MergeTemplate, links: Mapping[str, str], **fields: Any):
        super().__init__(body="", **fields)
        self.template = template
        self.links = links
        self.is_encoded = True

    def _with_links(self, text: str) -> str:
        for placeholder, link in self.links.items():
            text = text.replace(placeholder, link)
        return text

    def with_parts(self) -> "Copy":
        """The same with text and HTML as separate parts, for backends that call a provider's API.

        A provider handles bounces itself, and most reject a copy with another envelope sender.
        """
        self.from_email = self.extra_headers.pop("From", self.from_email)
        if token := self.extra_headers.get(TOKEN_HEADER):
            # The provider repeats the metadata in its webhook events.
            self.metadata = {"delivery": token}
        self.body = self._with_links(self.template.mail.text)
        self.attach_alternative(self._with_links(self.template.mail.html), "text/html")
        self.is_encoded = False
        return self

    def message(self, *, policy: Any = email.policy.default) -> Any:
        whole = super().message(policy=policy)
        if not self.is_encoded:
            return whole
        ready = EncodedMessage(policy=policy)
        for name, value in whole.items():
            if name.lower() not in ("content-type", "content-transfer-encoding", "mime-version"):
                ready[name] = value
        ready["MIME-Version"] = "1.0"
        ready["Content-Type"] = f'multipart/alternative; boundary="{self.template.boundary}"'
        ready.body = self.template.body(self.links)
        return ready
