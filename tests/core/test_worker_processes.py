"""Real worker processes on a database of their own: what one was killed over is done by the next, and nothing twice."""

import asyncio
import signal
from collections import Counter
from datetime import timedelta
from threading import Event

import pytest
from aiosmtpd.controller import Controller
from django.db.models import F
from django_tasks_db.models import DBTaskResult

from portal.core.mail import Message, enqueue
from tests.kept import Installation, finished
from tests.sink import free_port

WORKER = ["manage.py", "db_worker", "--backend", "durable", "--queue-name", "*", "--interval", "0.1"]


class Sink:
    """A mail server that takes letters in, or holds the line at one of them."""

    def __init__(self):
        self.taken: list[tuple[str, str]] = []
        self.hold_at = 0
        self.held = Event()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.hold_at and len(self.taken) + 1 == self.hold_at:
            self.held.set()
            await asyncio.sleep(60)
        number = next(line for line in envelope.content.decode().splitlines() if line.lower().startswith("message-id"))
        self.taken.append((envelope.rcpt_tos[0], number))
        return "250 taken"


@pytest.fixture
def sink(installation):
    sink, port = Sink(), free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    installation.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
    yield sink
    controller.stop()


def write_letters(installation: Installation, count: int) -> list[str]:
    addresses = [f"{number}@portal.example" for number in range(count)]
    with installation.here():
        enqueue([Message(address, "Lettre", "Bonjour.") for address in addresses])
    return addresses


def states(installation: Installation) -> Counter[str]:
    with installation.here():
        return Counter(DBTaskResult.objects.values_list("status", flat=True))


def test_letters_that_a_killed_worker_left_are_sent_once(installation, sink, db):
    addresses = write_letters(installation, 6)
    sink.hold_at = 3
    worker = installation.start(*WORKER)
    assert sink.held.wait(60)
    worker.send_signal(signal.SIGKILL)
    worker.communicate(timeout=10)
    sink.hold_at = 0
    assert states(installation) == {"SUCCESSFUL": 2, "RUNNING": 1, "READY": 3}

    with installation.here():
        DBTaskResult.objects.filter(status="RUNNING").update(started_at=F("started_at") - timedelta(minutes=16))
    finished(installation.start("manage.py", "scheduler", "--once"))

    assert states(installation) == {"SUCCESSFUL": 6}
    assert Counter(to for to, _number in sink.taken) == Counter(addresses)
    assert len({number for _to, number in sink.taken}) == 6


def test_several_workers_share_the_work_and_do_nothing_twice(installation, sink, db):
    addresses = write_letters(installation, 80)

    workers = [installation.start(*WORKER, "--batch") for _ in range(2)]
    for worker in workers:
        finished(worker)

    assert Counter(to for to, _number in sink.taken) == Counter(addresses)


def test_scheduler_and_workers_of_their_own_divide_the_duties_from_the_tasks(installation, sink, db):
    """As the documentation has it for large installations."""
    addresses = write_letters(installation, 3)

    finished(installation.start("manage.py", "scheduler", "--once", "--periodic-only"))
    assert states(installation) == {"READY": 3}
    finished(installation.start(*WORKER, "--batch"))

    assert sorted(to for to, _number in sink.taken) == addresses
