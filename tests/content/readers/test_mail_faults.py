"""A permanently rejected email is not retried, and a dead server does not block the queue."""

import io
import smtplib
import socket

import pytest
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.content import mail
from portal.content.mail import Message, enqueue
from tests.builders import work_off
from tests.sink import open_sink

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::RuntimeWarning")]


@pytest.fixture
def sink(settings):
    with open_sink() as sink:
        settings.MAILERS = sink.mailers
        yield sink


def states() -> dict[str, str]:
    found = DBTaskResult.objects.values_list("args_kwargs__args__0__to", "status")
    return {address: TaskResultStatus(status).name for address, status in found}


def send(*addresses: str) -> None:
    enqueue([Message(address, "Lettre", "Bonjour.") for address in addresses])
    work_off()


def test_permanently_rejected_address_is_not_retried(sink):
    sink.replies["nobody@portal.example"] = "550 no such user"
    sink.text_replies["spam@portal.example"] = "554 we do not want it"
    send("nobody@portal.example", "spam@portal.example", "anna@portal.example")

    assert states() == {
        "nobody@portal.example": "FAILED",
        "spam@portal.example": "FAILED",
        "anna@portal.example": "SUCCESSFUL",
    }


@pytest.mark.parametrize("reply", ["450 mailbox full", "550 5.7.1 relaying denied"])
def test_temporarily_rejected_address_is_retried(sink, reply):
    sink.replies["full@portal.example"] = reply
    send("full@portal.example")
    assert states() == {"full@portal.example": "READY"}

    sink.replies.clear()
    work_off(pauses=True)
    assert sink.recipients == ["full@portal.example"]


def test_dead_server_is_tried_once_and_not_for_every_mail(sink, monkeypatch):
    requested = []
    monkeypatch.setattr("smtplib.SMTP.connect", lambda *arguments: requested.append(1) or refuse())
    send(*(f"reader-{number}@portal.example" for number in range(20)))

    assert len(requested) == 1
    assert set(states().values()) == {"READY"}


def test_unresponsive_server_is_tried_once(settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        options = {"host": "127.0.0.1", "port": silent.getsockname()[1], "timeout": 0.2}
        settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
        send("anna@portal.example", "berta@portal.example")
    errors = set(DBTaskResult.objects.values_list("exception_class_path", flat=True))

    assert errors == {"smtplib.SMTPServerDisconnected", "portal.content.mail.MailServerSilentError"}


@pytest.mark.parametrize(
    ("step", "at_most_once", "state"),
    [("\r\n.\r\n", True, "FAILED"), ("\r\n.\r\n", False, "READY"), ("rcpt to", True, "READY")],
)
def test_mail_that_may_have_arrived_before_the_connection_was_lost_is_not_sent_again(
    sink, monkeypatch, step, at_most_once, state
):
    send_bytes = smtplib.SMTP.send

    def lose(self, text):
        send_bytes(self, text)
        if step in (text if isinstance(text, str) else text.decode()):
            self.file = io.BytesIO()

    monkeypatch.setattr("smtplib.SMTP.send", lose)
    enqueue([Message("anna@portal.example", "Lettre", "Bonjour.", at_most_once=at_most_once)])
    work_off()

    assert states() == {"anna@portal.example": state}


def refuse():
    raise ConnectionRefusedError("nobody listens")


def test_mails_are_sent_once_the_server_is_back(sink, monkeypatch):
    with monkeypatch.context() as dead:
        dead.setattr("smtplib.SMTP.connect", lambda *arguments: refuse())
        send("anna@portal.example", "berta@portal.example")
    monkeypatch.setattr(mail, "_silent_until", 0.0)
    work_off(pauses=True)

    assert sink.recipients == ["anna@portal.example", "berta@portal.example"]
