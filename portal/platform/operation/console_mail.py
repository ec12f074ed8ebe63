"""The demo's email backend: prints each email as text, so that its links can be followed."""

from typing import Any

from django.core.mail.backends.console import EmailBackend as ConsoleBackend
from django.core.mail.message import EmailMessage

RULE = "-" * 79


class EmailBackend(ConsoleBackend):
    """Prints emails as text. Django's backend prints the source, in which `=` breaks long links."""

    def write_message(self, message: EmailMessage) -> Any:
        enclosed = [str(part.get_filename()) for part in message.message().iter_attachments()]
        lines = [f"To: {', '.join(message.to)}", f"Subject: {message.subject}", "", str(message.body)]
        lines += ["", f"Enclosed: {', '.join(enclosed)}"] if enclosed else []
        self.stream.write("\n".join([RULE, *lines, RULE, ""]))
