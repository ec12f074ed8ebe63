"""A hundred processes are killed at random times while publishing, sending and importing. Run with `make faults`.

KILLS=1000 and KILL_SEED=… change their number and the seed.
"""

import json
import os
import random
from collections import Counter
from email import message_from_bytes

import pytest

from tests.database_copies import finished
from tests.faults import tell
from tests.sink import open_sink

KILLS = int(os.environ.get("KILLS", "100"))
SHARES = {"publishing": 2, "sending": 1, "importing": 1}
SECONDS = 1200


@pytest.mark.parametrize("act", SHARES)
def test_killed_processes_lose_and_repeat_nothing(installation, db, act):
    kills = max(1, KILLS * SHARES[act] // sum(SHARES.values()))
    seed = int(os.environ.get("KILL_SEED", random.randrange(10**6)))
    with open_sink() as sink:
        mail = {"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}", "NEWSLETTER_RATE": "0", "LOG_LEVEL": "ERROR"}
        own = {"DJANGO_SETTINGS_MODULE": "portal.settings", "CACHE_URL": "locmem://portal"}
        finished(installation.start("manage.py", "collectstatic", "--noinput", "-v0", **mail, **own))
        process = installation.start("-m", "tests.operation.acts", act, str(kills), str(seed), **mail, **own)
        counts = json.loads(finished(process, SECONDS).splitlines()[-1])
        copies = Counter((taken[1], message_from_bytes(taken[2])["Subject"]) for taken in sink.taken)
    counts["arrived"], counts["twice"] = len(copies), sum(number - 1 for number in copies.values())
    if act != "sending":
        del counts["arrived"]
    wrong = counts["differed"] + counts["lost"] + counts["twice"] + counts["differed_when_restored"]
    remark = f"KILL_SEED={seed} {' '.join(f'{name}={number}' for name, number in counts.items())}"
    tell(f"killed while {act}", counts["killed"], lost=wrong + counts.get("lost_at_the_end", 0), remark=remark)

    assert counts["killed"] == kills
    assert (counts["differed"], counts["lost"], counts["twice"]) == (0, 0, 0)
    assert counts.get("lost_at_the_end", 0) == 0
    assert counts["restored"]
    assert counts["differed_when_restored"] == 0
    if act == "sending":
        assert counts["sent"] + counts["uncertain"] == counts["letters"]
        assert counts["sent"] <= counts["arrived"] <= counts["letters"]
