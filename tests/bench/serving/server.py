"""Starts and measures a production server on a free local port."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from tests.bench.figures import Figures
from tests.bench.samples import Sample
from tests.bench.serving.load import Load, TimedResponse, generate_load, get
from tests.bench.serving.processes import children, processor_seconds

START_TIMEOUT = 60
STOP_TIMEOUT = 15


class NoServerError(Exception):
    """The server does not respond as expected."""


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    def processor_seconds(self) -> float | None:
        """The CPU time of its workers; None if it cannot be read."""
        used = [processor_seconds(worker) for worker in children(self.pid)]
        return sum(each for each in used if each is not None) if used and None not in used else None


@contextmanager
def running(workers: int, *, caches: bool = False) -> Iterator[Server]:
    """Serve the bench's application, and stop the server at the end; with `caches` its workers cache responses."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        port = listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--config", str(settings.BASE_DIR / "portal" / "server.py")]
        command += ["--bind", f"fd://{listener.fileno()}", "--workers", str(workers), "--max-requests", "0"]
        command += ["--log-level", "error", "tests.bench.serving.wsgi:application"]
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=os.environ
            | {"DJANGO_SETTINGS_MODULE": "tests.bench.settings", "BENCH_CACHES": "yes" if caches else ""},
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    try:
        yield Server(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(server: Server, host: str, path: str) -> None:
    """Wait until the server responds."""
    try:
        get(server.port, host, path, timeout=START_TIMEOUT)
    except OSError as error:
        raise NoServerError(f"The server does not respond: {error}.") from error


def measure(server: Server, sample: Sample, workers: int, seconds: float, page: Figures) -> None:
    """Add to the figures of a page: latency with one request per worker, and maximal throughput."""
    _warm(server, sample, workers)
    page.p95_served = generate_load(
        server.port, sample.host, sample.paths, sample.status, connections=workers, seconds=seconds
    ).p95
    page.rate, page.served, page.failures = _throughput(server, sample, workers, seconds)


def measure_cached(server: Server, sample: Sample, workers: int, seconds: float, page: Figures) -> None:
    _warm(server, sample, workers)
    page.cached_rate, page.cached_served, failures = _throughput(server, sample, workers, seconds)
    page.failures += failures


def _throughput(server: Server, sample: Sample, workers: int, seconds: float) -> tuple[float, float | None, int]:
    """Requests per second, the workers' CPU time per request in milliseconds, and the number of failures."""
    before = server.processor_seconds()
    load: Load = generate_load(
        server.port,
        sample.host,
        sample.paths,
        sample.status,
        connections=2 * workers,
        seconds=seconds,
        cookie=sample.cookie,
    )
    after = server.processor_seconds()
    is_known = before is not None and after is not None and load.requests
    served = (after - before) / load.requests * 1000 if is_known else None  # type: ignore[operator]
    return load.requests / load.seconds, served, load.failures


def _warm(server: Server, sample: Sample, workers: int) -> None:
    for path in sample.paths * 2 * workers:
        try:
            response: TimedResponse = get(server.port, sample.host, path, timeout=START_TIMEOUT, cookie=sample.cookie)
        except OSError as error:
            raise NoServerError(f"The server does not respond: {error}.") from error
        if response.status != sample.status:
            raise NoServerError(f"{sample.host}{path} responds with {response.status}, not {sample.status}.")
