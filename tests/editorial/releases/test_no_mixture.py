"""Readers of two sites, who ask for everything all the time, see a release and its undo entirely or not at all.

`make faults` measures it with 200 pages and web processes (tests/editorial/faults_releases.py).
"""

import time

from django.core.handlers.wsgi import WSGIHandler

from portal.editorial.releases.undoing import undo
from portal.platform.caching.wsgi_cache import ResponseCache
from tests.database_copies import finished
from tests.editorial.releases.made import again, in_the_past
from tests.editorial.releases.polling import AFTER, BEFORE, HOSTS, PAUSE, Ask, Poller, approved_release, polling, rounds
from tests.page_cache.wire import Request

# Waits for a line of input after it is ready, so that it begins while readers are asking.
RUN = """
from django.utils import timezone
from portal.editorial.releases.carrying_out import run_releases
print("ready", flush=True)
input()
assert not run_releases(timezone.now())
"""


def asking(worker: ResponseCache, *, is_uncached: bool) -> Ask:
    # A request with this header is not cached.
    headers = (("Range", "items=0-"),) if is_uncached else ()

    def ask(host: str, path: str, reader: str) -> tuple[int, bytes]:
        started: list[str] = []
        environ = Request(host, path, headers=headers).environ() | {"REMOTE_ADDR": reader}
        body = worker(environ, lambda status, headers, exc_info=None: started.append(status))
        try:
            text = b"".join(body)
        finally:
            getattr(body, "close", lambda: None)()
        return int(started[0][:3]), text

    return ask


def test_pollers_see_all_of_a_release_or_nothing(installation, db):
    with installation.here():
        release, approver = approved_release()
        in_the_past(release)
    workers = [ResponseCache(WSGIHandler(), 16) for _ in range(2)]
    pollers = [
        Poller(asking(worker, is_uncached=number == 1), host) for number, worker in enumerate(workers) for host in HOSTS
    ]
    scheduler = installation.start("manage.py", "shell", "--no-imports", "-v0", "-c", RUN)
    assert scheduler.stdout.readline().strip() == "ready"
    with installation.here(), polling(pollers):
        rounds(pollers, 1)
        scheduler.stdin.write("\n")
        scheduler.stdin.flush()
        while scheduler.poll() is None:
            time.sleep(PAUSE)
        finished(scheduler)
        rounds(pollers, 1)
        undo(again(release), approver)
        rounds(pollers, 1)

    assert [each for poller in pollers for each in poller.seen if not each.is_whole] == []
    for poller in pollers:
        states = [each.words for each in poller.seen]
        assert states[0] == states[-1] == BEFORE
        assert AFTER in states
