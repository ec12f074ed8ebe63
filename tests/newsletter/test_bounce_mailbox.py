"""Bounces in a mailbox on an IMAP server are recorded once; the mails are moved, or flagged as seen."""

import imaplib

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.env import Mailbox
from portal.newsletter import periodic
from portal.newsletter.models import Delivery, Sending
from portal.newsletter.sending import mailbox as reading
from portal.newsletter.sending.bounces import delivery_token
from portal.newsletter.sending.mailbox import read_mailbox
from tests.newsletter.imap_server import imap_server
from tests.newsletter.makers import make_newsletter, make_subscriber
from tests.newsletter.test_bounces import report

FOUND = {"hard": 1, "soft": 0, "unknown": 1}


@pytest.fixture
def delivery(lorraine) -> Delivery:
    sending = Sending.objects.create(
        site=lorraine.site, newsletter=make_newsletter(lorraine), slot="one", kind=Sending.Kind.ISSUE, content={},
        created_at=timezone.now(), state=Sending.State.DONE,
    )  # fmt: skip
    subscriber = make_subscriber(lorraine, "claire@reader.example")
    return Delivery.objects.create(sending=sending, subscriber=subscriber, state=Delivery.State.SENT)


@pytest.fixture
def mails(delivery) -> list[bytes]:
    return [report(delivery_token(delivery.pk)), b"From: berta@reader.example\r\nSubject: Absente\r\n\r\n\xff"]


@pytest.fixture(autouse=True)
def without_tls(monkeypatch):
    """The server of the tests has no certificate."""

    def connect(host, port, *, ssl_context, timeout):
        assert ssl_context.check_hostname
        assert timeout
        return imaplib.IMAP4(host, port, timeout)

    monkeypatch.setattr(imaplib, "IMAP4_SSL", connect)


def box(server, done="Read", **facts) -> Mailbox:
    port = server.server_address[1]
    values = {"user": "news", "password": "word", "folder": "INBOX", **facts}
    return Mailbox("127.0.0.1", port, done=done, **values)


def test_bounce_is_recorded_and_its_mail_moved(delivery, mails):
    with imap_server(mails) as server:
        assert read_mailbox(box(server), timezone.now()) == FOUND
        assert (server.mails, server.moved) == ({}, mails)

    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.FAILED


@pytest.mark.parametrize("done", ["", "Read"])
def test_mails_that_cannot_be_moved_are_flagged_and_read_once(mails, done):
    with imap_server(mails, "IMAP4rev1") as server:
        assert read_mailbox(box(server, done), timezone.now()) == FOUND
        assert read_mailbox(box(server, done), timezone.now()) == {"hard": 0, "soft": 0, "unknown": 0}
        assert server.moved == (mails if done else [])


def test_connection_that_breaks_loses_no_bounce(delivery, mails):
    with imap_server(mails) as server:
        server.breaks_at = "UID MOVE"
        with pytest.raises(imaplib.IMAP4.abort):
            read_mailbox(box(server), timezone.now())
        delivery.refresh_from_db()
        first = delivery.bounced_at
        server.breaks_at = ""

        assert read_mailbox(box(server), timezone.now()) == FOUND

    delivery.refresh_from_db()
    assert delivery.bounced_at == first


def test_mail_that_cannot_be_parsed_stops_no_other(delivery, mails, monkeypatch):
    parse = reading.reports_in
    monkeypatch.setattr(reading, "reports_in", lambda raw: parse(raw) if raw == [mails[0]] else 1 / 0)
    with imap_server([mails[1], mails[0]]) as server:
        assert read_mailbox(box(server), timezone.now()) == FOUND


def test_run_ends_in_time_and_the_next_one_continues(mails, monkeypatch):
    monkeypatch.setattr(reading, "RUN_SECONDS", -1)
    with imap_server(mails) as server:
        assert read_mailbox(box(server), timezone.now())["hard"] == 1
        assert read_mailbox(box(server), timezone.now())["unknown"] == 1


@pytest.mark.parametrize("facts", [{"password": "wrong"}, {"folder": "Elsewhere"}])
def test_command_says_what_the_server_refuses(mails, settings, facts):
    with imap_server(mails) as server:
        settings.NEWSLETTER_BOUNCE_MAILBOX = box(server, **facts)
        with pytest.raises(CommandError, match=r"wrong password|no such folder"):
            call_command("read_bounces")


def test_scheduler_reads_the_mailbox_if_there_is_one(delivery, mails, settings):
    periodic.read_bounces(timezone.now())
    with imap_server(mails) as server:
        settings.NEWSLETTER_BOUNCE_MAILBOX = box(server)
        periodic.read_bounces(timezone.now())

    delivery.refresh_from_db()
    assert delivery.bounced_at
