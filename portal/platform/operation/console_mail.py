"""The e-mail backend of the demo: it prints each mail as text, so that its links can be followed."""

from typing import Any

from django.core.mail.backends.console import EmailBackend as ConsoleBackend
from django.core.mail.message import EmailMessage

RULE = "-" * 79


class EmailBackend(ConsoleBackend):
    """Unlike Django's backend, which prints the source, where `=` breaks long links."""

    def write_message(self, message: EmailMessage) -> Any:
        enclosed = [str(part.get_filename()) for part in message.message().iter_attachments()]
        lines = [f"To: {', '.join(message.to)}", f"Subject: {message.subject}", "", str(message.body)]
        lines += ["", f"Enclosed: {', '.join(enclosed)}"] if enclosed else []
        self.stream.write("\n".join([RULE, *lines, RULE, ""]))
