"""Whatever newsrooms do, and at whatever moment, two processes that keep answers give a reader what is right now."""

import sys

from tests.keeping.judging import ACTS, SEED, judged
from tests.keeping.workers import WorkerElsewhere, WorkerHere


def test_kept_answers_are_those_that_would_be_rendered_now(installation, db, settings):
    """Every act is committed, and one worker is a process of its own."""
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    with installation.here():
        # Nobody reads what it logs, such as each 404, before the end: the pipe would be full.
        environment = {"DJANGO_SETTINGS_MODULE": "portal.settings", "LOG_LEVEL": "ERROR"}
        process = installation.start("-m", "tests.keeping.other_process", **environment)
        try:
            judge = judged([WorkerElsewhere(process), WorkerHere()])
        finally:
            _out, errors = process.communicate()
            sys.stdout.write(errors[-2000:])

    assert judge.hits > ACTS
    assert judge.wrong == [], f"JUDGE_SEED={SEED}\n" + "\n".join(judge.wrong[:20])
