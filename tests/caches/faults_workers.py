"""Workers are killed and Redis restarts during requests; no response is stale. Run with `make faults`."""

import os
import random
import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from threading import Event, Lock, Thread
from time import monotonic

import pytest

from portal.content.records.settings import SiteSettings
from tests.bench.serving.processes import children
from tests.builders import make_article, make_site
from tests.faults import tell
from tests.sink import free_port

HOST, READERS = "lorraine.localhost", 6
SECONDS = int(os.environ.get("FAULT_SECONDS", "30"))
NUMBER = re.compile(rb"Devise (\d+)")

pytestmark = pytest.mark.skipif(
    shutil.which("redis-server") is None, reason="Redis is not installed: apt-get install redis-server"
)


class Redis:
    """A Redis server that can be killed."""

    def __init__(self) -> None:
        self.port = free_port()
        self.begin()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def begin(self) -> None:
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def running(process: subprocess.Popen[str]) -> Iterator[None]:
    """Drain the output of a process, because a full pipe would block it, and stop it at the end."""
    readers = [Thread(target=stream.read) for stream in (process.stdout, process.stderr)]
    for reader in readers:
        reader.start()
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)
        for reader in readers:
            reader.join()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


@contextmanager
def served(installation, **environment: str) -> Iterator[tuple[int, int]]:
    """The port and the process id of a web server with two workers."""
    port = free_port()
    own = {"DJANGO_SETTINGS_MODULE": "portal.settings", "PAGE_CACHE": "yes", "LOG_LEVEL": "ERROR"} | environment
    command = ["-m", "gunicorn", "--config", "portal/server.py", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    process = installation.start(*command, "--log-level", "critical", "tests.caches.served:application", **own)
    with running(process):
        yield port, process.pid


def read(port: int) -> tuple[int, bytes]:
    asking = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        asking.request("GET", "/fr/", headers={"Host": HOST})
        response = asking.getresponse()
        return response.status, response.read()
    finally:
        asking.close()


def wait_for_response(port: int) -> None:
    pause, until = Event(), monotonic() + 240
    while monotonic() < until:
        try:
            if read(port)[0] == 200:
                return
        except (OSError, HTTPException):
            pass
        pause.wait(0.3)
    raise AssertionError("The web server does not answer.")


@pytest.fixture
def redis() -> Iterator[Redis]:
    redis = Redis()
    yield redis
    redis.kill()


def test_no_reader_gets_a_stale_page(installation, db, redis):
    seed = int(os.environ.get("KILL_SEED", random.randrange(10**6)))
    chance, over, lock = random.Random(seed), Event(), Lock()
    counts, least, wrong = Counter(), [0], []

    def ask_on(port: int) -> None:
        while not over.is_set():
            with lock:
                expected = least[0]
            try:
                status, body = read(port)
            except (OSError, HTTPException):
                # Its worker was killed.
                counts["broken"] += 1
                continue
            found = NUMBER.search(body)
            number = int(found[1]) if found else -1
            with lock:
                counts[f"status {status}"] += 1
                if status == 200 and number < expected:
                    wrong.append((number, expected))
                least[0] = max(least[0], number)

    with installation.here():
        ground = make_site(HOST, ("fr",))
        make_article(ground.section)
        words = SiteSettings.for_site(ground.site)

        def publish(number: int) -> None:
            wording = {"language": "fr", "tagline": f"Devise {number}", "footer": "", "notice": f"Devise {number}"}
            words.wording = [{"type": "edition", "value": wording | {"notice_link": "", "legal_links": []}}]
            words.save()

        publish(0)
        with served(installation, CACHE_URL=redis.url) as (port, master):
            wait_for_response(port)
            threads = [Thread(target=ask_on, args=[port]) for _number in range(READERS)]
            for thread in threads:
                thread.start()
            until, number = monotonic() + SECONDS, 0
            while monotonic() < until:
                number += 1
                publish(number)
                with lock:
                    least[0] = max(least[0], number)
                if number % 4 == 0 and (workers := children(master)):
                    os.kill(chance.choice(workers), signal.SIGKILL)
                    counts["killed"] += 1
                if number % 9 == 0:
                    redis.kill()
                    redis.begin()
                    counts["redis"] += 1
                over.wait(chance.uniform(0.1, 0.8))
            over.set()
            for thread in threads:
                thread.join()
    requested = counts.total() - counts["killed"] - counts["redis"]
    remark = f"KILL_SEED={seed}: {number} changes, {counts['killed']} workers killed, Redis {counts['redis']} times"
    tell("web workers and Redis killed", requested, counts["broken"], len(wrong), f"{remark}; errors: in flight")

    assert wrong == []
    assert counts["killed"] > 2
    assert set(counts) <= {"status 200", "broken", "killed", "redis"}
    assert counts["status 200"] > number
