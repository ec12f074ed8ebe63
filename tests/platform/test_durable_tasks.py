"""A queued task runs once, is retried when it fails, and is stored as failed after its last attempt."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.content.mail import Attachment, Message, enqueue
from portal.platform.tasks.durable import (
    RETRY_DELAYS,
    STALLED_AFTER,
    PermanentFailureError,
    durable,
    enqueue_in_each_period,
    requeue_stalled_tasks,
)
from tests.builders import work_off
from tests.database_copies import ROOT

# A task that sends emails is marked `mailing`, so that it can be discarded after a restore; tasks that it queues are
# marked themselves. All other tasks are listed here.
WITHOUT_MAILS_OF_THEIR_OWN = {
    "announce",
    "check_next_link",
    "compare_index",
    "compare_pages",
    "index_drafts",
    "notify_and_promote",
    "publish_release",
    "read_bounce_mailbox",
    "read_file",
    "read_links",
    "read_texts",
    "record_public_pages",
    "refresh_at_request",
    "refresh_if_due",
    "report_act",
    "rewrite_dates_later",
    "send_webhook",
    "undo_release",
    "work_on",
    "work_on_list",
}

pytestmark = pytest.mark.django_db

calls: list[str] = []
errors: list[Exception] = []


@pytest.fixture(autouse=True)
def no_calls():
    calls.clear()
    errors.clear()


@durable
def note(word: str) -> None:
    calls.append(word)
    if errors:
        raise errors.pop()


def stored_task() -> DBTaskResult:
    return DBTaskResult.objects.get()


def test_task_waits_in_the_queue_and_runs_once():
    note.enqueue("mot")
    assert calls == []

    work_off()
    work_off()

    assert calls == ["mot"]
    assert stored_task().status == TaskResultStatus.SUCCESSFUL


def test_task_of_a_rolled_back_transaction_never_runs():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note.enqueue("mot")
        raise ZeroDivisionError

    work_off()

    assert calls == []


def test_failed_task_is_retried_after_its_delay():
    errors.append(ConnectionError())
    note.enqueue("mot")

    work_off()
    assert stored_task().status == TaskResultStatus.READY
    assert stored_task().run_after - timezone.now() == pytest.approx(RETRY_DELAYS[0], abs=timedelta(seconds=30))
    work_off()
    assert calls == ["mot"]

    work_off(pauses=True)
    assert calls == ["mot", "mot"]
    assert stored_task().status == TaskResultStatus.SUCCESSFUL


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_task_that_always_fails_is_stored_with_its_reason(caplog):
    errors.extend(ConnectionError("no line") for _ in range(20))
    note.enqueue("mot")

    for _ in range(20):
        work_off(pauses=True)

    assert len(calls) == len(RETRY_DELAYS) + 1
    assert stored_task().status == TaskResultStatus.FAILED
    assert "no line" in stored_task().traceback
    assert "failed at its last attempt" in caplog.text


def test_permanent_failure_is_not_retried():
    errors.append(PermanentFailureError("no such page"))
    note.enqueue("mot")

    for _ in range(3):
        work_off(pauses=True)

    assert calls == ["mot"]
    assert stored_task().status == TaskResultStatus.FAILED


def test_call_of_each_period_is_queued_once_and_replaces_its_failure():
    errors.append(PermanentFailureError("no line"))
    for _ in range(2):
        enqueue_in_each_period(note, "mot")
    enqueue_in_each_period(note, "autre")
    assert DBTaskResult.objects.count() == 2
    work_off()

    enqueue_in_each_period(note, "mot")
    work_off()

    assert calls == ["mot", "autre", "mot"]
    assert not DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL).exists()


def test_interrupted_task_is_retried():
    note.enqueue("mot")
    stored_task().claim("killed")
    now = timezone.now()

    assert requeue_stalled_tasks(now) == 0
    assert requeue_stalled_tasks(now + STALLED_AFTER + timedelta(seconds=1)) == 1
    work_off(pauses=True)

    assert calls == ["mot"]


@pytest.mark.parametrize("at_most_once", [True, False])
def test_mail_that_may_have_arrived_is_only_sent_again_if_it_may_arrive_twice(at_most_once):
    enqueue([Message("lectrice@portal.example", "Rendez-vous", "À demain.", at_most_once=at_most_once)])
    stored_task().claim("killed")

    requeue_stalled_tasks(timezone.now() + STALLED_AFTER + timedelta(seconds=1))
    work_off(pauses=True)

    assert len(mail.outbox) == (0 if at_most_once else 1)
    assert stored_task().status == (TaskResultStatus.FAILED if at_most_once else TaskResultStatus.SUCCESSFUL)


@pytest.mark.parametrize("interruption", [SystemExit, KeyboardInterrupt])
def test_mail_that_may_have_arrived_when_the_worker_ended_is_not_sent_again(monkeypatch, interruption):
    def end(_mail):
        raise interruption

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", end)
    enqueue([Message("lectrice@portal.example", "Rendez-vous", "À demain.", at_most_once=True)])
    work_off()

    assert stored_task().status == TaskResultStatus.FAILED


def test_call_with_unreadable_arguments_does_not_stop_those_after_it(caplog):
    enqueue([Message("lectrice@portal.example", "Rendez-vous", "À demain.", at_most_once=True)])
    malformed = stored_task()
    malformed.args_kwargs = {"args": [], "kwargs": {}}
    malformed.save()
    note.enqueue("mot")
    for call in DBTaskResult.objects.order_by("enqueued_at"):
        call.claim("killed")

    assert requeue_stalled_tasks(timezone.now() + STALLED_AFTER + timedelta(seconds=1)) == 1
    malformed.refresh_from_db()
    assert malformed.status == TaskResultStatus.FAILED
    assert "may have been successful" in caplog.text


def test_call_that_has_meanwhile_finished_is_not_stored_as_failed(monkeypatch):
    enqueue([Message("lectrice@portal.example", "Rendez-vous", "À demain.", at_most_once=True)])
    stored_task().claim("slow")

    def finish(_call):
        stored_task().set_successful(None)
        return False

    monkeypatch.setattr("portal.platform.tasks.durable._is_call_repeatable", finish)
    requeue_stalled_tasks(timezone.now() + STALLED_AFTER + timedelta(seconds=1))

    assert stored_task().status == TaskResultStatus.SUCCESSFUL


def test_mail_arrives_with_all_its_parts():
    sent = Message(
        "lectrice@portal.example",
        "Rendez-vous à Épinal",
        "À demain.",
        html="<p>À demain.</p>",
        sender="Lorraine <portal@portal.example>",
        reply_to="organisatrice@portal.example",
        headers={"X-Rendez-Vous": "oui"},
        attachments=(Attachment("rendez-vous.ics", b"BEGIN:VCALENDAR", "text/calendar"),),
    )

    enqueue([sent])
    work_off()

    [message] = mail.outbox
    assert (message.subject, message.body) == (sent.subject, sent.text)
    assert message.from_email == sent.sender
    assert message.reply_to == [sent.reply_to]
    assert message.extra_headers["X-Rendez-Vous"] == "oui"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert [content for content, kind in message.alternatives if kind == "text/html"] == [sent.html]
    assert "rendez-vous.ics" in [each.get_filename() for each in message.attachments]


def test_every_task_says_whether_it_sends_mails():
    code = [
        path.read_text()
        for folder in ("articles", "events", "home", "portal", "search")
        for path in (ROOT / folder).rglob("*.py")
    ]
    found = {name for text in code for name in re.findall(r"^@durable\ndef (\w+)", text, re.MULTILINE)}

    assert found == WITHOUT_MAILS_OF_THEIR_OWN
