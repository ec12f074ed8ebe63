"""Real worker processes on their own database: a killed worker's tasks are taken over, and no task runs twice."""

import asyncio
import signal
from collections import Counter
from datetime import timedelta
from threading import Event
from time import monotonic

import pytest
from aiosmtpd.controller import Controller
from django.db.models import F
from django_tasks_db.models import DBTaskResult

from portal.content.mail import Message, deliver, enqueue
from tests.database_copies import Installation, finished
from tests.sink import free_port

WORKER = ["manage.py", "db_worker", "--backend", "durable", "--queue-name", "*", "--interval", "0.1"]


class Sink:
    """A mail server that accepts messages, or blocks at message number `block_at`."""

    def __init__(self):
        self.received: list[tuple[str, str]] = []
        self.block_at = 0
        self.blocked = Event()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.block_at and len(self.received) + 1 == self.block_at:
            # Several messages arrive concurrently, and one of them must block.
            self.block_at = 0
            self.blocked.set()
            await asyncio.sleep(60)
        number = next(line for line in envelope.content.decode().splitlines() if line.lower().startswith("message-id"))
        self.received.append((envelope.rcpt_tos[0], number))
        return "250 accepted"


@pytest.fixture
def sink(installation):
    sink, port = Sink(), free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    installation.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
    yield sink
    controller.stop()


def send_mails(installation: Installation, count: int) -> list[str]:
    addresses = [f"{number}@portal.example" for number in range(count)]
    with installation.here():
        enqueue([Message(address, "Lettre", "Bonjour.") for address in addresses])
    return addresses


def states(installation: Installation) -> Counter[str]:
    """The number of emails by state."""
    with installation.here():
        mails = DBTaskResult.objects.filter(task_path=deliver.module_path)
        return Counter(mails.values_list("status", flat=True))


def test_mails_of_a_killed_worker_are_sent_once(installation, sink, db):
    addresses = send_mails(installation, 6)
    sink.block_at = 3
    worker = installation.start(*WORKER)
    assert sink.blocked.wait(60)
    worker.send_signal(signal.SIGKILL)
    worker.communicate(timeout=10)
    sink.block_at = 0
    assert states(installation) == {"SUCCESSFUL": 2, "RUNNING": 1, "READY": 3}

    with installation.here():
        DBTaskResult.objects.filter(status="RUNNING").update(started_at=F("started_at") - timedelta(minutes=16))
    finished(installation.start("manage.py", "scheduler", "--once"))

    assert states(installation) == {"SUCCESSFUL": 6}
    assert Counter(to for to, _number in sink.received) == Counter(addresses)
    assert len({number for _to, number in sink.received}) == 6


def test_several_workers_run_each_task_once(installation, sink, db):
    addresses = send_mails(installation, 80)

    workers = [installation.start(*WORKER, "--batch") for _ in range(2)]
    for worker in workers:
        finished(worker)

    assert Counter(to for to, _number in sink.received) == Counter(addresses)


def test_periodic_only_scheduler_leaves_the_queue_to_workers(installation, sink, db):
    """The documentation recommends this for large installations."""
    addresses = send_mails(installation, 3)

    finished(installation.start("manage.py", "scheduler", "--once", "--periodic-only"))
    assert states(installation) == {"READY": 3}
    finished(installation.start(*WORKER, "--batch"))

    assert sorted(to for to, _number in sink.received) == addresses


def test_scheduler_sends_other_mails_while_one_hangs(installation, sink, db):
    addresses = send_mails(installation, 12)
    sink.block_at = 3
    scheduler = installation.start("manage.py", "scheduler", "--interval", "0.1")
    assert sink.blocked.wait(60)
    sink.block_at = 0
    until, pause = monotonic() + 30, Event()
    while len(sink.received) < len(addresses) - 1 and monotonic() < until:
        pause.wait(0.05)
    scheduler.kill()
    scheduler.communicate(timeout=10)

    assert len(sink.received) == len({to for to, _number in sink.received}) == len(addresses) - 1
