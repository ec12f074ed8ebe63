"""Waits for emails from the portal to the people of the journeys."""

import re
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.sink import Sink

# The maximum wait for an email in seconds: the scheduler runs every few seconds, on a busy machine.
TIMEOUT = 60


class Mailbox:
    def __init__(self, sink: Sink):
        self.sink = sink
        self.read: set[int] = set()

    def wait_for(self, address: str, wanted: Callable[[str], bool]) -> str:
        """Wait for an unread email to this address whose text is `wanted`; mark it as read and return its text."""
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            for number, (_sender, to, content) in enumerate(list(self.sink.taken)):
                if to == address and number not in self.read:
                    text = text_of(message_from_bytes(content, policy=policy.default))
                    if wanted(text):
                        self.read.add(number)
                        return text
            time.sleep(0.2)
        subjects = [(message["to"], message["subject"]) for message in self.sink.messages()]
        raise AssertionError(f"no such mail to {address}; there are {subjects}")


def text_of(message: EmailMessage) -> str:
    """Subject and plain text, with unfolded lines."""
    body = message.get_body(("plain",))
    assert body is not None
    assert message.get_body(("html",)) is not None
    return f"{message['subject']}\n{body.get_content()}"


def link_in(text: str, part: str) -> str:
    """The first URL in an email's text that contains `part`."""
    return next(address for address in re.findall(r"https?://\S+", text) if part in address)
