"""Failed tasks are listed for network administrators, who retry or discard them."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.tasks import TaskResultStatus
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.content.mail import Message, enqueue
from portal.editorial.roles import Role
from portal.platform.records.periodic_runs import PeriodicRun
from portal.platform.tasks.durable import RETRY_DELAYS, STALLED_AFTER, retry_failed_task
from portal.platform.tasks.failed_tasks import discard, failure_reason, needing_attention, retry
from tests.builders import make_member, newsroom_client, work_off
from tests.checkers.refusals import is_refused

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
LIST = "failed_tasks"


@pytest.fixture
def mail_server_down(monkeypatch):
    """The mail server rejects every recipient by name, for now; a task makes it available again."""
    send = EmailBackend.send_messages

    def refuse(self, messages):
        raise SMTPRecipientsRefused({"lectrice@portal.example": (450, b"no such user <lectrice@portal.example>")})

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    return lambda: monkeypatch.setattr(EmailBackend, "send_messages", send)


@pytest.fixture
def failed(lorraine, mail_server_down):
    enqueue([Message("lectrice@portal.example", "Secret de famille", "À ne pas lire.")])
    for _ in range(len(RETRY_DELAYS) + 1):
        work_off(pauses=True)
    return DBTaskResult.objects.get()


@pytest.fixture
def chief(lorraine):
    return newsroom_client(lorraine, make_member("cheffe", is_superuser=True))


def test_failed_task_is_listed_without_its_arguments(failed, chief):
    page = chief.get(reverse(LIST)).content.decode()

    assert "deliver" in page
    assert f"{len(RETRY_DELAYS) + 1} of {len(RETRY_DELAYS) + 1}" in page
    assert "SMTPRecipientsRefused" in page
    assert "no such user" in page
    for secret in ("lectrice@", "Secret de famille", "À ne pas lire"):
        assert secret not in page
    assert "lectrice" not in failure_reason(failed)


def test_failed_task_can_be_retried(failed, chief, mail_server_down):
    mail_server_down()
    chief.post(reverse("decide_failed_task", args=[failed.pk]), {"action": "again"})
    work_off()

    assert [message.to for message in mail.outbox] == [["lectrice@portal.example"]]
    assert not needing_attention(timezone.now()).exists()


def test_retried_task_has_all_of_its_attempts(failed):
    retry(failed.pk, timezone.now())
    work_off()

    failed.refresh_from_db()
    assert failed.status == TaskResultStatus.READY
    assert len(failed.worker_ids) == 1


def test_failed_task_can_be_discarded_with_its_arguments(failed, chief):
    chief.post(reverse("decide_failed_task", args=[failed.pk]), {"action": "give-up"})

    assert not DBTaskResult.objects.exists()


def test_stalled_and_waiting_tasks_are_listed(lorraine, chief, mail_server_down):
    enqueue([Message("a@portal.example", "Un", "Un."), Message("b@portal.example", "Deux", "Deux.")])
    first, second = DBTaskResult.objects.order_by("enqueued_at")
    assert not needing_attention(timezone.now()).exists()
    first.claim("killed")
    assert not needing_attention(timezone.now()).exists()
    work_off()
    assert list(needing_attention(timezone.now())) == [second]

    later = timezone.now() + STALLED_AFTER + timedelta(minutes=1)

    assert set(needing_attention(later)) == {first, second}
    assert retry(first.pk, later)


def test_task_that_succeeded_meanwhile_is_unchanged(lorraine, chief):
    enqueue([Message("a@portal.example", "Un", "Un.")])
    task = DBTaskResult.objects.get()
    task.claim("busy")
    for action in ("again", "give-up", ""):
        response = chief.post(reverse("decide_failed_task", args=[task.pk]), {"action": action}, follow=True)
        assert "no longer needs attention" in response.content.decode()
    assert not discard(task.pk, timezone.now())

    task.refresh_from_db()
    assert task.status == TaskResultStatus.RUNNING


@pytest.mark.parametrize("role", [role for role in Role if role != Role.REVIEWER])
def test_list_is_for_administrators_of_the_network(lorraine, failed, role, newsroom):
    client = newsroom_client(lorraine, newsroom[role])

    assert is_refused(client.get(reverse(LIST)))
    assert is_refused(client.post(reverse("decide_failed_task", args=[failed.pk]), {"action": "give-up"}))
    assert reverse(LIST) not in client.get("/admin/").content.decode()
    assert DBTaskResult.objects.filter(pk=failed.pk).exists()


def test_list_can_be_long_and_contain_unknown_tasks(lorraine, chief):
    now = timezone.now()
    DBTaskResult.objects.bulk_create(
        DBTaskResult(
            status=TaskResultStatus.FAILED,
            args_kwargs={"args": [], "kwargs": {}},
            task_path="portal.content.gone.mail_server_down",
            backend_name="durable",
            run_after=now,
            exception_class_path="",
            traceback="",
        )
        for _ in range(60)
    )
    PeriodicRun.objects.create(name="portal.content.housekeeping.test", started_at=now, failure="ValueError: no paper")

    page = chief.get(reverse(LIST)).content.decode()

    assert page.count("mail_server_down") >= 50
    assert "no paper" in page
    assert chief.get(reverse(LIST), {"p": "2"}).status_code == 200
    assert chief.get(reverse(LIST), {"p": "x"}).status_code == 200


def test_slow_worker_does_not_requeue_a_task_of_another_worker(lorraine):
    enqueue([Message("a@portal.example", "Un", "Un.")])
    task = DBTaskResult.objects.get()
    task.claim("slow")
    slow = DBTaskResult.objects.get()
    DBTaskResult.objects.update(started_at=timezone.now() + timedelta(minutes=20), worker_ids=["slow", "next"])

    slow.set_failed(ConnectionError("late"))
    retry_failed_task(slow.task_result)

    assert DBTaskResult.objects.get().status != TaskResultStatus.READY


def test_mail_keeps_its_message_id_at_every_attempt(lorraine, mail_server_down):
    enqueue([Message("a@portal.example", "Un", "Un.")])
    work_off()
    mail_server_down()
    work_off(pauses=True)

    [task] = DBTaskResult.objects.all()
    assert mail.outbox[0].extra_headers["Message-ID"] == task.args_kwargs["args"][0]["headers"]["Message-ID"]
