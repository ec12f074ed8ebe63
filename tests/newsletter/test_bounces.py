"""Bounces are processed, and subscribers are suspended after several hard bounces."""

import io
import mailbox
from datetime import timedelta
from time import process_time

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given, strategies as st

from portal.newsletter.models import ConsentStep, Delivery, Sending, Subscriber
from portal.newsletter.sending.bounces import (
    delivery_token,
    messages_from,
    record_bounces,
    record_hard_bounce,
    reports_in,
    without_addresses,
)
from tests.newsletter.makers import make_newsletter, make_subscriber

REPORT = """\
From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; claire@reader.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <claire@reader.example> unknown

--b
Content-Type: message/rfc822

From: news@portal.example
To: claire@reader.example
{header}
Subject: La lettre

Bonjour

--b--
"""


@pytest.fixture
def sendings(db, lorraine):
    newsletter = make_newsletter(lorraine)
    now = timezone.now()
    return [
        Sending.objects.create(
            site=lorraine.site,
            newsletter=newsletter,
            slot=f"n{n}",
            kind=Sending.Kind.ISSUE,
            content={},
            created_at=now,
            state=Sending.State.DONE,
        )
        for n in range(4)
    ]


@pytest.fixture
def claire(lorraine):
    return make_subscriber(lorraine, "claire@reader.example")


@pytest.fixture
def deliveries(sendings, claire):
    return [
        Delivery.objects.create(sending=sending, subscriber=claire, state=Delivery.State.SENT) for sending in sendings
    ]


def report(token: str = "", *, action="failed", status="5.1.1", in_header=False) -> bytes:
    to = f"returns+{token}@portal.example" if token and not in_header else "returns@portal.example"
    header = f"X-Portal-Delivery: {token}" if in_header else "X-Other: 1"
    return REPORT.format(to=to, action=action, status=status, header=header).replace("\n", "\r\n").encode()


@pytest.mark.parametrize("in_header", [True, False])
def test_report_names_its_delivery(deliveries, in_header):
    token = delivery_token(deliveries[0].pk)

    counts = record_bounces(reports_in([report(token, in_header=in_header)]), timezone.now())

    assert counts == {"hard": 1, "soft": 0, "unknown": 0}
    deliveries[0].refresh_from_db()
    assert deliveries[0].state == Delivery.State.FAILED
    assert "5.1.1" in deliveries[0].reply
    assert "claire" not in deliveries[0].reply


def test_subscriber_is_suspended_after_several_hard_bounces(deliveries, claire, settings):
    settings.NEWSLETTER_BOUNCES = 3
    for n, delivery in enumerate(deliveries[:3], 1):
        record_bounces(reports_in([report(delivery_token(delivery.pk))] * 5), timezone.now())
        claire.refresh_from_db()
        assert (claire.state == Subscriber.State.STOPPED) == (n == 3)
    assert claire.steps.get().kind == ConsentStep.Kind.STOPPED


@pytest.mark.parametrize(
    ("action", "status"),
    [("delayed", "4.4.1"), ("failed", "4.2.2"), ("delivered", "2.0.0"), ("relayed", "2.0.0"), ("", "")],
)
def test_soft_bounce_suspends_nobody(deliveries, claire, settings, action, status):
    settings.NEWSLETTER_BOUNCES = 1
    counts = record_bounces(
        reports_in([report(delivery_token(deliveries[0].pk), action=action, status=status)]), timezone.now()
    )

    claire.refresh_from_db()
    assert counts["soft"] == 1
    assert claire.state == Subscriber.State.ACTIVE


def test_forged_tokens_and_out_of_office_replies_are_unknown(deliveries, claire, settings):
    settings.NEWSLETTER_BOUNCES = 1
    token = delivery_token(deliveries[0].pk)
    forged = [
        token[:-1] + ("0" if token[-1] != "0" else "1"),
        f"d{deliveries[1].pk}-{token.split('-')[1]}",
        "d1-x",
        "d" * 99,
    ]
    mails = [report(each) for each in forged] + [report(each, in_header=True) for each in forged]
    mails += [
        b"Subject: Je suis absente\r\n\r\nJusqu'au 3",
        b"",
        b"\xff\x00garbage",
        b"Content-Type: multipart/report\r\n\r\n",
    ]

    counts = record_bounces(reports_in(mails), timezone.now())

    claire.refresh_from_db()
    assert counts == {"hard": 0, "soft": 0, "unknown": len(mails)}
    assert claire.state == Subscriber.State.ACTIVE


def test_bounces_before_a_new_confirmation_do_not_count(deliveries, claire, settings):
    settings.NEWSLETTER_BOUNCES = 1
    Subscriber.objects.filter(pk=claire.pk).update(confirmed_at=timezone.now() + timedelta(minutes=1))

    record_hard_bounce(deliveries[0].pk, timezone.now() + timedelta(minutes=2))

    claire.refresh_from_db()
    assert claire.state == Subscriber.State.ACTIVE


def test_bounce_from_an_erased_subscriber_causes_no_error(deliveries, claire):
    claire.delete()

    assert record_bounces(reports_in([report(delivery_token(deliveries[0].pk))]), timezone.now())["hard"] == 1


def test_command_reads_an_mbox_a_maildir_one_mail_and_standard_input(
    deliveries, claire, tmp_path, settings, monkeypatch
):
    settings.NEWSLETTER_BOUNCES = 4
    first, second, third, fourth = (report(delivery_token(delivery.pk)) for delivery in deliveries)
    box = mailbox.mbox(tmp_path / "returns.mbox")
    box.add(first)
    box.add(first)
    box.close()
    mailbox.Maildir(tmp_path / "returns", create=True).add(second)
    (tmp_path / "one.eml").write_bytes(third)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(fourth)))
    out = io.StringIO()

    call_command("read_bounces", *(tmp_path / name for name in ("returns.mbox", "returns", "one.eml")), "-", stdout=out)

    claire.refresh_from_db()
    assert "5 hard bounces" in out.getvalue()
    assert {each.state for each in Delivery.objects.all()} == {Delivery.State.FAILED}
    assert claire.state == Subscriber.State.STOPPED


@given(
    st.lists(
        st.binary(max_size=80).filter(lambda line: b"\n" not in line and not line.startswith(b"From ")), max_size=8
    )
)
def test_file_with_one_mail_is_read_unchanged(lines):
    content = b"Subject: x\n" + b"".join(line + b"\n" for line in lines)

    assert list(messages_from(io.BytesIO(content))) == [content]


def test_reply_has_no_character_that_postgresql_refuses():
    assert without_addresses("550 5.1.1\x00unknown\x1buser \udcff") == "550 5.1.1 unknown user"


def test_long_reply_takes_linear_time():
    begun = process_time()
    reply = without_addresses("550 <claire@reader.example>: " + "a" * 100_000)

    assert process_time() - begun < 1
    assert reply.startswith("550 …: aaa")


def test_header_that_no_parser_understands_does_not_stop_the_others():
    mails = [
        REPORT.format(to=to, action="failed", status="5.1.1", header="X: y").encode()
        for to in ("(" * 4000, "news@portal.example")
    ]

    assert [report.is_hard for report in reports_in(mails)] == [True, True]
