"""Bounces in a mailbox on an IMAP server are recorded once; the mails are moved, or flagged as seen."""

import imaplib

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, OperationalError
from django.utils import timezone

from portal.env import Mailbox
from portal.newsletter import periodic
from portal.newsletter.models import Delivery, Sending
from portal.newsletter.sending import bounces, mailbox as reading
from portal.newsletter.sending.bounces import delivery_token
from portal.newsletter.sending.mailbox import read_mailbox
from portal.platform.tasks.failed_tasks import failure_reason, needing_attention
from tests.builders import work_off
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


@pytest.mark.parametrize("error", [DataError, OperationalError])
def test_bounce_that_cannot_be_stored_stops_no_other(mails, monkeypatch, error):
    """If the database is unavailable, the mail stays for the next run."""

    def fail(*args):
        raise error("broken")

    monkeypatch.setattr(bounces, "record_hard_bounce", fail)
    with imap_server(mails) as server:
        if error is OperationalError:
            with pytest.raises(OperationalError):
                read_mailbox(box(server), timezone.now())
            assert server.moved == []
        else:
            assert read_mailbox(box(server), timezone.now())["unknown"] == 2
            assert server.moved == mails


@pytest.mark.parametrize("refused", ["UID MOVE 1", "UID FETCH 1"])
def test_mail_that_the_server_refuses_stops_no_other(mails, refused):
    with imap_server([mails[1], mails[0]]) as server:
        server.refused = refused
        with pytest.raises(imaplib.IMAP4.error, match="not this one"):
            read_mailbox(box(server), timezone.now())

        assert server.moved == [mails[0]]


def test_connection_is_closed_when_the_server_takes_too_long(mails, monkeypatch):
    monkeypatch.setattr(reading, "MAX_SECONDS", 0.1)
    with imap_server(mails) as server:
        server.silent_at = "UID SEARCH"
        with pytest.raises(imaplib.IMAP4.abort):
            read_mailbox(box(server), timezone.now())


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
        assert server.moved == []
        work_off()

    delivery.refresh_from_db()
    assert delivery.bounced_at


def test_mailbox_that_refuses_is_one_failed_task(mails, settings):
    with imap_server(mails) as server:
        settings.NEWSLETTER_BOUNCE_MAILBOX = box(server, password="wrong")
        for _ in range(2):
            periodic.read_bounces(timezone.now())
            work_off()

    [task] = needing_attention(timezone.now())
    assert "wrong password" in failure_reason(task)
