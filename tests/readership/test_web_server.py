"""A real web server: workers write their counts when they exit, and the counts of several workers add up."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from time import monotonic

import pytest
import requests

from portal.env import BASE_DIR
from portal.readership.models import PageDay
from tests.builders import SampleSite, make_site
from tests.database_copies import Installation
from tests.readership.watching import BROWSER, FIREFOX
from tests.sink import free_port

READERS = 24

type Start = Callable[..., "Server"]


class Server:
    """gunicorn with the portal's own configuration, for one site."""

    def __init__(self, installation: Installation, ground: SampleSite, **environment: str):
        self.port, self.host = free_port(), ground.site.hostname
        with (installation.folder / f"{self.port}.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", "portal/server.py"],
                cwd=BASE_DIR,
                # Without DEBUG, static files would have to be collected.
                env=installation.environment | {"PORT": str(self.port), "DEBUG": "yes"} | environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def is_ready(self, seconds: float = 60) -> bool:
        end = monotonic() + seconds
        while monotonic() < end:
            try:
                if requests.get(f"http://127.0.0.1:{self.port}/-/ready", timeout=5).ok:
                    return True
            except requests.ConnectionError:
                assert self.process.poll() is None
        return False

    def read(self, reader: int, path: str = "/fr/") -> int:
        headers = BROWSER | {"Host": self.host, "User-Agent": f"{FIREFOX} {reader}"}
        return requests.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=30).status_code

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            if how is signal.SIGKILL:
                os.killpg(self.process.pid, how)
            else:
                self.process.send_signal(how)
            self.process.wait(40)


@pytest.fixture
def ground(installation: Installation, db: None) -> SampleSite:
    with installation.here():
        return make_site("lorraine.localhost")


@pytest.fixture
def start(installation: Installation, ground: SampleSite) -> Iterator[Start]:
    started: list[Server] = []

    def start(**environment: str) -> Server:
        server = Server(installation, ground, **environment)
        started.append(server)
        assert server.is_ready()
        return server

    yield start
    for server in started:
        server.end(signal.SIGKILL)


def views(installation: Installation) -> int:
    with installation.here():
        return sum(PageDay.objects.values_list("views", flat=True))


def test_stopping_the_server_loses_no_views(installation, ground, start):
    server = start(WEB_WORKERS="1")
    assert {server.read(reader) for reader in range(READERS)} == {200}
    assert views(installation) == 0

    server.end()

    assert views(installation) == READERS


def test_workers_of_one_server_and_a_second_server_add_up(installation, ground, start):
    two, one = start(WEB_WORKERS="2", WEB_THREADS="1"), start(WEB_WORKERS="1")
    for reader in range(READERS):
        assert two.read(reader) == one.read(READERS + reader) == 200
        # All workers recognize the same view.
        assert two.read(reader) == 200

    two.end()
    one.end()

    assert views(installation) == 2 * READERS


def test_restarting_worker_loses_no_views(installation, ground, start):
    server = start(WEB_WORKERS="1", GUNICORN_CMD_ARGS="--max-requests 10 --max-requests-jitter 0")
    read = 0
    for reader in range(READERS):
        try:
            read += server.read(reader) == 200
        except requests.ConnectionError:
            # The new worker has not started yet.
            assert server.is_ready()
    server.end()

    assert views(installation) == read > READERS // 2
