"""The process that sends is killed in the middle (kill -9), more than once; nobody gets a second copy for it."""

import os
import signal
import subprocess
import time
from collections import Counter

from portal.newsletter.models import Sending
from portal.newsletter.sending.batches import CHUNK
from tests.builders import make_article, make_site
from tests.kept import Installation, finished
from tests.newsletter.makers import group, make_issue, make_newsletter, make_subscriber
from tests.sink import Sink, open_sink

RECIPIENTS = 300
KILLS = 2


def begin(installation: Installation) -> None:
    with installation.here():
        ground = make_site("lorraine.localhost")
        for number in range(RECIPIENTS):
            make_subscriber(ground, f"reader-{number}@reader.example")
        make_issue(make_newsletter(ground), [group("Tout", [make_article(ground.section)])])


def work(installation: Installation, sink: Sink) -> "subprocess.Popen[str]":
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}", "NEWSLETTER_RATE": "0", "LOG_LEVEL": "ERROR"}
    settings = {"DJANGO_SETTINGS_MODULE": "portal.settings"}
    return installation.start("-m", "tests.newsletter.worker", **mail, **settings)


def test_killed_sending_is_taken_up_without_a_second_copy_to_anyone(installation, db):
    begin(installation)
    with open_sink() as sink:
        for number in range(1, KILLS + 1):
            process = work(installation, sink)
            wanted = number * RECIPIENTS // (KILLS + 1)
            deadline = time.monotonic() + 120
            while len(sink.taken) < wanted and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.002)
            assert process.poll() is None, "it was to be killed at work"
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        finished(work(installation, sink))
    with installation.here():
        sending = Sending.objects.get()
        found = sending.deliveries.tally()

    copies = Counter(sink.recipients)
    assert max(copies.values()) == 1
    uncertain = found.get("uncertain", 0)
    assert uncertain <= KILLS * CHUNK
    assert sending.state == Sending.State.DONE
    assert found["sent"] == RECIPIENTS - uncertain
    # Who got none is among the uncertain ones, and known.
    assert RECIPIENTS - uncertain <= len(copies) <= RECIPIENTS
