"""The worker is killed during a sending (kill -9) several times, and nobody gets a second copy."""

import os
import signal
import subprocess
import time
from collections import Counter

from portal.newsletter.models import Sending
from portal.newsletter.sending.batches import CHUNK_SIZE
from tests.builders import make_article, make_site
from tests.database_copies import Installation, finished
from tests.newsletter.makers import group, make_issue, make_newsletter, make_subscriber
from tests.sink import Sink, open_sink

RECIPIENTS = 300
KILLS = 2


def create_sending(installation: Installation) -> None:
    with installation.here():
        ground = make_site("lorraine.localhost")
        for number in range(RECIPIENTS):
            make_subscriber(ground, f"reader-{number}@reader.example")
        make_issue(make_newsletter(ground), [group("Tout", [make_article(ground.section)])])


def start_worker(installation: Installation, sink: Sink) -> "subprocess.Popen[str]":
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}", "NEWSLETTER_RATE": "0", "LOG_LEVEL": "ERROR"}
    settings = {"DJANGO_SETTINGS_MODULE": "portal.settings"}
    return installation.start("-m", "tests.newsletter.worker", **mail, **settings)


def test_killed_sending_continues_without_a_second_copy_to_anyone(installation, db):
    create_sending(installation)
    with open_sink() as sink:
        for number in range(1, KILLS + 1):
            process = start_worker(installation, sink)
            minimum = number * RECIPIENTS // (KILLS + 1)
            deadline = time.monotonic() + 120
            while len(sink.taken) < minimum and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.002)
            assert process.poll() is None, "the worker finished before it could be killed"
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        finished(start_worker(installation, sink))
    with installation.here():
        sending = Sending.objects.get()
        counts = sending.deliveries.counts_by_state()

    copies = Counter(sink.recipients)
    assert max(copies.values()) == 1
    uncertain = counts.get("uncertain", 0)
    assert uncertain <= KILLS * CHUNK_SIZE
    assert sending.state == Sending.State.DONE
    assert counts["sent"] == RECIPIENTS - uncertain
    # A recipient without a copy is among the uncertain deliveries.
    assert RECIPIENTS - uncertain <= len(copies) <= RECIPIENTS
