"""One copy of a newsletter mail, for SMTP or for the API of a provider."""

from email.policy import EmailPolicy
from typing import Any

from django.core.mail import EmailMultiAlternatives

TOKEN_HEADER = "X-Portal-Delivery"  # noqa: S105 - the name of a header
UNFOLDED_HEADERS = {"Message-ID", "List-Id", "List-Unsubscribe", TOKEN_HEADER}


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
        """The same for an API: a provider handles bounces itself, and most reject another envelope sender."""
        self.from_email = self.extra_headers.pop("From", self.from_email)
        # The provider repeats the metadata in its webhook events.
        self.metadata = {"delivery": self.extra_headers[TOKEN_HEADER]}
        return self
