"""Sending through a provider's API instead of SMTP (django-anymail): requests, errors and webhook events."""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from anymail.exceptions import AnymailRecipientsRefused, AnymailUnsupportedFeature

from portal.newsletter.models import Delivery, Sending, Subscriber
from portal.newsletter.sending.batches import MAX_CONSECUTIVE_FAILURES
from portal.newsletter.sending.delivery import DeliveryStatus, Outcome, outcome_of
from tests.builders import make_article, work_off
from tests.newsletter.makers import group, make_issue, make_newsletter, make_subscriber
from tests.sink import free_port

pytestmark = pytest.mark.django_db
State = Delivery.State


class Provider(ThreadingHTTPServer):
    """A fake of Brevo's API: it accepts mails, or responds with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), ProviderHandler)
        self.accepted: list[dict[str, Any]] = []
        self.status = 201

    @property
    def mailers(self) -> dict[str, Any]:
        return mailers_at(self.server_port)


def mailers_at(port: int) -> dict[str, Any]:
    options = {"api_key": "key", "api_url": f"http://127.0.0.1:{port}/"}
    memory = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    return {"default": memory, "newsletter": {"BACKEND": "anymail.backends.brevo.EmailBackend", "OPTIONS": options}}


class ProviderHandler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_accepted = self.server.status == 201
        if is_accepted:
            self.server.accepted.append(sent)
        body = json.dumps({"messageId": "<1@brevo>"} if is_accepted else {"message": "not so"}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    with Provider() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        settings.MAILERS = server.mailers
        settings.NEWSLETTER_RATE = 0
        # Providers accept only their own envelope sender.
        settings.NEWSLETTER_BOUNCE_ADDRESS = "returns@portal.example"
        settings.NEWSLETTER_BOUNCES = 1
        yield server
        server.shutdown()
        thread.join()


def send(ground) -> Sending:
    newsletter = make_newsletter(ground, sender_name="La lettre", reply_to="redaction@lorraine.example")
    make_issue(newsletter, [group("Tout", [make_article(ground.section, "Le four")])], "Numéro d’été")
    work_off()
    return Sending.objects.get()


def test_provider_gets_the_complete_mail(lorraine, provider):
    person = make_subscriber(lorraine, "claire@reader.example")

    sending = send(lorraine)

    assert sending.state == Sending.State.DONE
    [copy] = provider.accepted
    assert copy["to"] == [{"email": person.address}]
    assert copy["subject"] == "Numéro d’été"
    assert copy["sender"] == {"email": "portal@localhost", "name": "La lettre"}
    assert copy["replyTo"] == {"email": "redaction@lorraine.example"}
    assert copy["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert copy["headers"]["List-Unsubscribe"].strip("<>") in copy["textContent"]
    assert "Le four" in copy["htmlContent"]
    assert json.loads(copy["headers"]["X-Mailin-custom"]) == {"delivery": copy["headers"]["X-Portal-Delivery"]}


@pytest.mark.parametrize("error", [401, 403, 404, 429, "away", "no key", "no library"])
def test_error_of_the_account_or_an_unreachable_provider_loses_no_recipient(lorraine, provider, settings, error):
    person = make_subscriber(lorraine)
    if isinstance(error, int):
        provider.status = error
    else:
        settings.MAILERS = mailers_at(free_port())
    if error == "no key":
        del settings.MAILERS["newsletter"]["OPTIONS"]["api_key"]
    elif error == "no library":
        settings.MAILERS["newsletter"]["BACKEND"] = "no_such_library.EmailBackend"

    sending = send(lorraine)

    sending.refresh_from_db()
    assert sending.deliveries.get().state == State.WAITING
    assert sending.last_error
    provider.status = 201
    settings.MAILERS = provider.mailers
    work_off(pauses=True)
    assert [copy["to"] for copy in provider.accepted] == [[{"email": person.address}]]


@pytest.mark.parametrize(("status", "state"), [(400, State.FAILED), (500, State.UNCERTAIN)])
def test_error_with_every_copy_pauses_before_all_are_used_up(lorraine, provider, status, state):
    for _ in range(2 * MAX_CONSECUTIVE_FAILURES):
        make_subscriber(lorraine)
    provider.status = status

    sending = send(lorraine)

    sending.refresh_from_db()
    assert sending.deliveries.filter(state=state).count() == MAX_CONSECUTIVE_FAILURES
    assert sending.deliveries.filter(state=State.WAITING).count() == MAX_CONSECUTIVE_FAILURES
    assert str(status) in sending.last_error
    assert not Subscriber.objects.exclude(state=Subscriber.State.ACTIVE).exists()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (AnymailUnsupportedFeature("tags"), Outcome(DeliveryStatus.DEFERRED, is_server_error=True)),
        (AnymailRecipientsRefused(), Outcome(DeliveryStatus.REJECTED, is_hard_bounce=True)),
    ],
)
def test_each_error_of_anymail_has_its_outcome(error, expected):
    assert replace(outcome_of(error), reply="") == expected


SECRET = "brevo:a-long-password"


@pytest.fixture
def post_event(lorraine, provider, settings):
    """Post a webhook event about the newest copy, as the provider does; return the status of the response."""
    settings.NEWSLETTER_WEBHOOK_SECRET = SECRET
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}

    def call(event: str, secret: str = SECRET, path: str = "/fr/_newsletter/returns/brevo/", **fields: Any) -> int:
        metadata = provider.accepted[-1]["headers"]["X-Mailin-custom"] if provider.accepted else "{}"
        payload = {"event": event, "email": "claire@reader.example", "X-Mailin-custom": metadata, **fields}
        headers = {"authorization": "Basic " + b64encode(secret.encode()).decode()}
        return lorraine.reader().post(path, payload, content_type="application/json", headers=headers).status_code

    return call


@pytest.mark.parametrize(
    ("event", "reason", "expected"),
    [
        ("hard_bounce", "550 5.1.1 <claire@reader.example> unknown", Subscriber.State.STOPPED),
        ("invalid_email", "", Subscriber.State.STOPPED),
        ("soft_bounce", "452 4.2.2 mailbox full", Subscriber.State.ACTIVE),
        ("blocked", "", Subscriber.State.ACTIVE),
        ("delivered", "", Subscriber.State.ACTIVE),
        ("spam", "", Subscriber.State.LEFT),
        ("unsubscribe", "", Subscriber.State.LEFT),
    ],
)
def test_webhook_event_changes_the_subscriber(lorraine, provider, post_event, event, reason, expected):
    person, other = make_subscriber(lorraine, "claire@reader.example"), make_subscriber(lorraine)
    send(lorraine)
    provider.accepted.sort(key=lambda copy: copy["to"][0]["email"] == person.address)

    assert post_event(event, reason=reason) == 200

    for each in (person, other):
        each.refresh_from_db()
    assert (person.state, other.state) == (expected, Subscriber.State.ACTIVE)
    assert not Delivery.objects.filter(reply__contains="@").exists()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"secret": "brevo:guessed"}, 400),
        ({"path": "/fr/_newsletter/returns/nobody/"}, 404),
        ({"X-Mailin-custom": '{"delivery": "d1-00000000000000000000"}'}, 200),
        ({"X-Mailin-custom": '["d1"]'}, 200),
        ({"items": []}, 404),
        ({"event": ["x"]}, 400),
    ],
)
def test_invalid_webhook_event_changes_nothing(lorraine, post_event, fields, status):
    person = make_subscriber(lorraine, "claire@reader.example")
    send(lorraine)

    assert post_event(**{"event": "hard_bounce", **fields}) == status

    person.refresh_from_db()
    assert person.state == Subscriber.State.ACTIVE


def test_webhook_without_a_secret_is_not_found(post_event, settings):
    settings.NEWSLETTER_WEBHOOK_SECRET = ""

    assert post_event("hard_bounce") == 404
