"""The cached responses of two processes equal fresh renderings after any newsroom action and at any time."""

import sys

from tests.page_cache.judging import ACTS, SEED, judged
from tests.page_cache.workers import WorkerElsewhere, WorkerHere


def test_cached_responses_equal_fresh_renderings(installation, db, settings):
    """Every action is committed, and one worker is another process."""
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    with installation.here():
        # Its log, such as each 404, is only read at the end. A pipe would fill up.
        environment = {"DJANGO_SETTINGS_MODULE": "portal.settings", "LOG_LEVEL": "ERROR"}
        process = installation.start("-m", "tests.page_cache.other_process", **environment)
        try:
            judge = judged([WorkerElsewhere(process), WorkerHere()])
        finally:
            _out, errors = process.communicate()
            sys.stdout.write(errors[-2000:])

    assert judge.hits > ACTS
    assert judge.wrong == [], f"JUDGE_SEED={SEED}\n" + "\n".join(judge.wrong[:20])
