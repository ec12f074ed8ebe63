"""A receiver of webhooks on this machine, and webhooks that send to it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from portal.webhooks.models import EventType, Webhook
from tests.builders import SampleSite, work_off


@dataclass
class Received:
    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    """`status` is the status of its next responses."""

    url: str = ""
    status: int = 204
    received: list[Received] = field(default_factory=list)

    def messages(self) -> list[Any]:
        """Run the queue, and return the contents of all messages so far."""
        work_off()
        return [json.loads(each.body) for each in self.received]

    def types(self) -> list[str]:
        return [message["type"] for message in self.messages()]


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found.received.append(Received(dict(self.headers), body))
            self.send_response(found.status)
            if found.status in (301, 302):
                self.send_header("Location", f"{found.url}other")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/"
    settings.WEBHOOK_HOSTS = [f"127.0.0.1:{server.server_port}"]
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


type MakeWebhook = Callable[..., Webhook]


@pytest.fixture
def make_webhook(receiver) -> MakeWebhook:
    def make(ground: SampleSite, **facts: Any) -> Webhook:
        facts = {"name": "Récepteur", "url": receiver.url, "events": EventType.values, **facts}
        webhook = Webhook(site=ground.site, **facts)
        webhook.renew_secret()
        webhook.save()
        return webhook

    return make


@pytest.fixture
def webhook(make_webhook, lorraine) -> Webhook:
    return make_webhook(lorraine)


def verified(webhook: Webhook, received: Received) -> Any:
    """The content of a message, if the library accepts its signature."""
    return Verifier(webhook.plain_secret).verify(received.body, received.headers)
