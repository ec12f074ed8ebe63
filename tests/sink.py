"""A real SMTP server on this machine, which stores the messages that it accepts; tests configure rejections."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sink:
    """`replies` are replies to RCPT by address, `text_replies` replies to the message itself.

    A message gets its reply once `at_once` messages have arrived, or an error after a few seconds.
    """

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, bytes]] = []
        self.replies: dict[str, str] = {}
        self.text_replies: dict[str, str] = {}
        self.hangs_up_on: set[str] = set()
        self.at_once, self._in_hand = 1, 0
        self.port = free_port()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        address = envelope.rcpt_tos[0]
        if address in self.hangs_up_on:
            server.transport.abort()
        if address in self.text_replies:
            return self.text_replies[address]
        if self.at_once > 1 and not await self._are_all_in_hand():
            return "451 alone"
        self.taken.append((envelope.mail_from, address, envelope.content))
        return "250 OK"

    async def _are_all_in_hand(self) -> bool:
        self._in_hand += 1
        try:
            async with asyncio.timeout(4):
                while self._in_hand < self.at_once:
                    await asyncio.sleep(0.01)
                # Other waiting messages check the count before it is decreased.
                await asyncio.sleep(0.05)
        except TimeoutError:
            return False
        finally:
            self._in_hand -= 1
        return True

    @property
    def recipients(self) -> list[str]:
        return sorted(address for _sender, address, _content in self.taken)

    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=policy.default) for _s, _a, content in self.taken]  # type: ignore[misc]

    @property
    def mailers(self) -> dict[str, Any]:
        backend = "django.core.mail.backends.smtp.EmailBackend"
        return {"default": {"BACKEND": backend, "OPTIONS": {"host": "127.0.0.1", "port": self.port, "timeout": 5}}}


@contextmanager
def open_sink() -> Iterator[Sink]:
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
