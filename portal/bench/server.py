"""A production server of our own on a free port of this machine, for as long as it is measured."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from portal.bench.figures import Figures
from portal.bench.load import Load, TimedResponse, ask, drive
from portal.bench.processes import children, processor_seconds
from portal.bench.samples import Sample

START = 60
STOP = 15


class NoServerError(Exception):
    """The server has not started."""


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    def processor_seconds(self) -> float | None:
        """What its workers have used of the processors."""
        used = [processor_seconds(worker) for worker in children(self.pid)]
        return sum(each for each in used if each is not None) if used and None not in used else None


@contextmanager
def running(workers: int) -> Iterator[Server]:
    """Serve the bench's application; the server is ended at the end, whatever happens."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        port = listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--config", str(settings.BASE_DIR / "portal" / "server.py")]
        command += ["--bind", f"fd://{listener.fileno()}", "--workers", str(workers), "--max-requests", "0"]
        command += ["--log-level", "error", "portal.bench.wsgi:application"]
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    try:
        yield Server(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def measure(server: Server, sample: Sample, workers: int, seconds: float, page: Figures) -> None:
    """Note how long it takes while each worker answers one request, and how many a second it can be at the most."""
    _warm(server, sample, workers)
    page.late_served = drive(
        server.port, sample.host, sample.paths, sample.status, connections=workers, seconds=seconds
    ).late
    before = server.processor_seconds()
    load: Load = drive(
        server.port,
        sample.host,
        sample.paths,
        sample.status,
        connections=2 * workers,
        seconds=seconds,
        cookie=sample.cookie,
    )
    after = server.processor_seconds()
    page.rate, page.failures = load.requests / load.seconds, load.failures
    if before is not None and after is not None and load.requests:
        page.served = (after - before) / load.requests * 1000


def _warm(server: Server, sample: Sample, workers: int) -> None:
    for path in sample.paths * 2 * workers:
        try:
            answer: TimedResponse = ask(server.port, sample.host, path, timeout=START, cookie=sample.cookie)
        except OSError as error:
            raise NoServerError(f"The server does not answer: {error}.") from error
        if answer.status != sample.status:
            raise NoServerError(f"{sample.host}{path} is served with {answer.status}, not {sample.status}.")
