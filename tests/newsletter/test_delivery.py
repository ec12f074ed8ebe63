"""Over real SMTP, each copy's outcome is recorded (sent, rejected, deferred, uncertain), and each mail is intact."""

import re
import smtplib
import time

import pytest
from django.core.mail.backends.smtp import EmailBackend

from portal.newsletter.models import Delivery, Sending, Subscriber
from portal.newsletter.sending.batches import RETRY_DELAYS
from portal.newsletter.subscribers.links import unsubscribe_link
from tests.builders import make_article, work_off
from tests.newsletter.makers import group, make_issue, make_newsletter, make_subscriber
from tests.sink import free_port, open_sink

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture(scope="module")
def server():
    with open_sink() as sink:
        yield sink


@pytest.fixture
def sink(server, settings):
    server.taken.clear()
    for rules in (server.replies, server.text_replies, server.hangs_up_on):
        rules.clear()
    settings.MAILERS = server.mailers
    settings.NEWSLETTER_RATE = 0
    server.at_once = 1
    return server


@pytest.fixture
def newsletter(lorraine):
    return make_newsletter(lorraine, sender_name="L’Élan, la lettre", reply_to="redaction@lorraine.example")


def send(ground, newsletter, *people):
    story = make_article(ground.section, "Le four d’Épinal rallumé : 12 € le kilo", standfirst="Ça chauffe. " * 30)
    make_issue(newsletter, [group("Économie", [story])], "La lettre d’été n° 5 – chaleur & fête")
    work_off()
    return Sending.objects.get()


def states(sending):
    return {each.subscriber.address: each.state for each in sending.deliveries.select_related("subscriber")}


def test_mail_arrives_intact(lorraine, newsletter, sink):
    person = make_subscriber(lorraine, "claire@reader.example")
    sending = send(lorraine, newsletter)

    message = sink.messages()[0]

    unsubscribe_url = unsubscribe_link(person.pk, lorraine.site, "fr")
    assert message["To"] == "claire@reader.example"
    assert message["Subject"] == "La lettre d’été n° 5 – chaleur & fête"
    assert message["From"] == '"L’Élan, la lettre" <portal@localhost>'
    assert message["Reply-To"] == "redaction@lorraine.example"
    assert message["List-Unsubscribe"] == f"<{unsubscribe_url}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Message-ID"].endswith("@lorraine.localhost>")
    assert message["Date"]
    assert message["List-Id"] == "<newsletter.fr.lorraine.localhost>"
    assert message.get_content_type() == "multipart/alternative"
    text, html = (part.get_content() for part in message.iter_parts())
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    for part in (text, html):
        assert "Le four d’Épinal rallumé" in part
        assert unsubscribe_url in part
        assert "@@" not in part
    assert states(sending) == {"claire@reader.example": State.SENT}
    raw = sink.taken[0][2]
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n\r\n", 1)[1].splitlines()) <= 76
    assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+\?=", raw))
    assert b"=?" not in raw.split(b"List-Unsubscribe:")[1].split(b"\n")[0]


def test_envelope_sender_has_the_token_of_the_delivery(lorraine, newsletter, sink, settings):
    settings.NEWSLETTER_BOUNCE_ADDRESS = "returns@portal.example"
    settings.NEWSLETTER_FROM_EMAIL = "news@portal.example"
    make_subscriber(lorraine)
    sending = send(lorraine, newsletter)

    sender = sink.taken[0][0]

    assert sender.startswith(f"returns+d{sending.deliveries.get().pk}-")
    assert sender.endswith("@portal.example")
    assert sink.messages()[0]["From"] == '"L’Élan, la lettre" <news@portal.example>'


def test_rejected_address_fails_alone(lorraine, newsletter, sink):
    good, bad, worse = (make_subscriber(lorraine, f"{name}@reader.example") for name in ("good", "bad", "worse"))
    sink.replies[bad.address] = "550 5.1.1 <bad@reader.example> unknown"
    sink.text_replies[worse.address] = "554 5.7.1 no"

    sending = send(lorraine, newsletter)

    assert states(sending) == {good.address: State.SENT, bad.address: State.FAILED, worse.address: State.FAILED}
    assert sending.state == Sending.State.DONE
    reply = sending.deliveries.get(subscriber=bad).reply
    assert "5.1.1" in reply
    assert "bad@" not in reply


def test_deferred_address_is_retried_later_and_fails_in_the_end(lorraine, newsletter, sink):
    good, slow, once = (make_subscriber(lorraine, f"{name}@reader.example") for name in ("good", "slow", "once"))
    for person in (slow, once):
        sink.replies[person.address] = "451 4.7.1 greylisted"

    sending = send(lorraine, newsletter)
    assert sink.recipients == [good.address]
    assert states(sending)[slow.address] == State.WAITING

    work_off()
    assert sending.deliveries.get(subscriber=slow).attempts == 1, "it is too early for the retry"
    del sink.replies[once.address]
    for _ in range(len(RETRY_DELAYS) + 1):
        work_off(pauses=True)
    sending.refresh_from_db()
    assert states(sending) == {good.address: State.SENT, once.address: State.SENT, slow.address: State.FAILED}
    assert sink.recipients == [good.address, once.address]
    assert sending.state == Sending.State.DONE


def test_connection_lost_during_data_leaves_one_copy_uncertain(lorraine, newsletter, sink):
    people = [make_subscriber(lorraine, f"p{n}@reader.example") for n in range(7)]
    sink.hangs_up_on.add("p3@reader.example")

    sending = send(lorraine, newsletter)
    sink.hangs_up_on.clear()
    work_off(pauses=True)

    assert states(sending)["p3@reader.example"] == State.UNCERTAIN
    # The server had accepted the copy but could not reply.
    assert sink.recipients == sorted(person.address for person in people)


def test_unreachable_server_causes_a_retry(lorraine, newsletter, sink, settings):
    person = make_subscriber(lorraine)
    settings.MAILERS = {
        "default": {**sink.mailers["default"], "OPTIONS": {"host": "127.0.0.1", "port": free_port(), "timeout": 2}}
    }
    sending = send(lorraine, newsletter)
    sending.refresh_from_db()
    assert "refused" in sending.last_error.lower()
    assert states(sending) == {person.address: State.WAITING}

    settings.MAILERS = sink.mailers
    work_off(pauses=True)

    sending.refresh_from_db()
    assert sink.recipients == [person.address]
    assert (sending.last_error, sending.state) == ("", Sending.State.DONE)


def test_rejected_sender_fails_no_recipient(lorraine, newsletter, sink, monkeypatch):
    person = make_subscriber(lorraine)
    monkeypatch.setattr(smtplib.SMTP, "mail", lambda self, *args, **kwargs: (550, b"5.7.1 not your domain"))

    sending = send(lorraine, newsletter)

    sending.refresh_from_db()
    assert states(sending) == {person.address: State.WAITING}
    assert "not your domain" in sending.last_error


def test_server_that_defers_everybody_pauses_the_sending(lorraine, newsletter, sink):
    for n in range(60):
        sink.replies[make_subscriber(lorraine, f"p{n}@reader.example").address] = "452 4.3.1 too much"

    sending = send(lorraine, newsletter)

    assert sending.deliveries.filter(attempts=0).count() >= 30


def test_rate_limit_is_respected(lorraine, newsletter, sink, settings):
    for _ in range(12):
        make_subscriber(lorraine)
    settings.NEWSLETTER_RATE = 20
    begun = time.monotonic()

    send(lorraine, newsletter)

    assert len(sink.taken) == 12
    assert time.monotonic() - begun >= 11 / 20


def test_hard_bounces_suspend_a_subscriber(lorraine, newsletter, sink, settings):
    settings.NEWSLETTER_BOUNCES = 2
    bad = make_subscriber(lorraine, "bad@reader.example")
    sink.replies[bad.address] = "550 5.1.1 unknown"
    for _ in range(2):
        bad.refresh_from_db()
        assert bad.state == Subscriber.State.ACTIVE
        make_issue(newsletter, [group("Tout", [make_article(lorraine.section)])])
        work_off()

    bad.refresh_from_db()
    assert bad.state == Subscriber.State.STOPPED


def test_mails_are_sent_over_several_connections(lorraine, newsletter, sink, settings):
    people = [make_subscriber(lorraine) for _ in range(settings.NEWSLETTER_CONNECTIONS)]
    sink.at_once = len(people)
    sending = send(lorraine, newsletter, *people)

    assert sink.recipients == sorted(person.address for person in people)
    assert sending.state == Sending.State.DONE


class TwoAtOnce(EmailBackend):
    """A server that refuses a client's third connection."""

    open_now = 0

    def open(self):
        if self.connection:
            return False
        if TwoAtOnce.open_now == 2:
            raise smtplib.SMTPConnectError(421, b"4.7.0 too many connections")
        TwoAtOnce.open_now += 1
        return super().open()

    def close(self):
        TwoAtOnce.open_now -= bool(self.connection)
        super().close()


def test_server_with_few_connections_gets_every_mail(lorraine, newsletter, sink, settings):
    options = sink.mailers["default"]["OPTIONS"]
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.TwoAtOnce", "OPTIONS": options}}
    people = [make_subscriber(lorraine) for _ in range(7)]
    sending = send(lorraine, newsletter, *people)

    assert sink.recipients == sorted(person.address for person in people)
    assert (sending.state, sending.last_error) == (Sending.State.DONE, "")
    assert TwoAtOnce.open_now == 0
