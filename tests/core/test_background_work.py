"""What is put into the queue is done once, tried again when it fails, and laid aside where it will not go."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.core.mail import Attachment, Message, enqueue
from portal.core.tasks.durable import CUT_OFF, PAUSES, PermanentFailureError, durable, revive
from tests.builders import work_off

pytestmark = pytest.mark.django_db

calls: list[str] = []
refusals: list[Exception] = []


@pytest.fixture(autouse=True)
def no_calls():
    calls.clear()
    refusals.clear()


@durable
def note(word: str) -> None:
    calls.append(word)
    if refusals:
        raise refusals.pop()


def call() -> DBTaskResult:
    return DBTaskResult.objects.get()


def test_call_waits_in_the_queue_and_is_made_once():
    note.enqueue("mot")
    assert calls == []

    work_off()
    work_off()

    assert calls == ["mot"]
    assert call().status == TaskResultStatus.SUCCESSFUL


def test_call_of_a_change_that_is_taken_back_is_never_made():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note.enqueue("mot")
        raise ZeroDivisionError

    work_off()

    assert calls == []


def test_failed_call_is_made_again_after_its_pause():
    refusals.append(ConnectionError())
    note.enqueue("mot")

    work_off()
    assert call().status == TaskResultStatus.READY
    assert call().run_after - timezone.now() == pytest.approx(PAUSES[0], abs=timedelta(seconds=30))
    work_off()
    assert calls == ["mot"]

    work_off(pauses=True)
    assert calls == ["mot", "mot"]
    assert call().status == TaskResultStatus.SUCCESSFUL


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_call_that_always_fails_is_kept_as_failed_with_its_reason(caplog):
    refusals.extend(ConnectionError("no line") for _ in range(20))
    note.enqueue("mot")

    for _ in range(20):
        work_off(pauses=True)

    assert len(calls) == len(PAUSES) + 1
    assert call().status == TaskResultStatus.FAILED
    assert "no line" in call().traceback
    assert "given up" in caplog.text


def test_hopeless_call_is_made_once():
    refusals.append(PermanentFailureError("no such page"))
    note.enqueue("mot")

    for _ in range(3):
        work_off(pauses=True)

    assert calls == ["mot"]
    assert call().status == TaskResultStatus.FAILED


def test_call_that_was_cut_off_with_its_process_is_made_again():
    note.enqueue("mot")
    call().claim("killed")
    now = timezone.now()

    assert revive(now) == 0
    assert revive(now + CUT_OFF + timedelta(seconds=1)) == 1
    work_off(pauses=True)

    assert calls == ["mot"]


def test_letter_is_kept_while_the_mail_server_is_away(monkeypatch):
    send = EmailBackend.send_messages

    def away(self, messages):
        raise SMTPServerDisconnected

    monkeypatch.setattr(EmailBackend, "send_messages", away)
    enqueue([Message("lectrice@portal.example", "Rendez-vous", "À demain.")])
    work_off()
    assert mail.outbox == []

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    work_off(pauses=True)
    assert [message.to for message in mail.outbox] == [["lectrice@portal.example"]]


def test_letter_arrives_with_all_its_parts():
    letter = Message(
        "lectrice@portal.example",
        "Rendez-vous à Épinal",
        "À demain.",
        html="<p>À demain.</p>",
        sender="Lorraine <portal@portal.example>",
        reply_to="organisatrice@portal.example",
        headers={"X-Rendez-Vous": "oui"},
        enclosures=(Attachment("rendez-vous.ics", b"BEGIN:VCALENDAR", "text/calendar"),),
    )

    enqueue([letter])
    work_off()

    [message] = mail.outbox
    assert (message.subject, message.body) == (letter.subject, letter.text)
    assert message.from_email == letter.sender
    assert message.reply_to == [letter.reply_to]
    assert message.extra_headers["X-Rendez-Vous"] == "oui"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert [content for content, kind in message.alternatives if kind == "text/html"] == [letter.html]
    assert "rendez-vous.ics" in [each.filename for each in message.attachments]
