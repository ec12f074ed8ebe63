"""The letters that the people of the journeys wait for."""

import re
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.sink import Sink

# Seconds until a mail must have come: the scheduler looks every few seconds, on a busy machine.
PATIENCE = 60


class Mailbox:
    def __init__(self, sink: Sink):
        self.sink = sink
        self.read: set[int] = set()

    def wait_for(self, address: str, wanted: Callable[[str], bool]) -> str:
        """The text of the first letter to this person that is `wanted`, and was not read before."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for number, (_sender, to, content) in enumerate(list(self.sink.taken)):
                if to == address and number not in self.read:
                    text = text_of(message_from_bytes(content, policy=policy.default))
                    if wanted(text):
                        self.read.add(number)
                        return text
            time.sleep(0.2)
        subjects = [(message["to"], message["subject"]) for message in self.sink.messages()]
        raise AssertionError(f"no such letter to {address}; there are {subjects}")


def text_of(letter: EmailMessage) -> str:
    """Subject and plain text, whole lines as they were written."""
    body = letter.get_body(("plain",))
    assert body is not None
    assert letter.get_body(("html",)) is not None
    return f"{letter['subject']}\n{body.get_content()}"


def link_in(text: str, part: str) -> str:
    """The first address in a letter that contains `part`."""
    return next(address for address in re.findall(r"https?://\S+", text) if part in address)
