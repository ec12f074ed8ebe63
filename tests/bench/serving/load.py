"""Generates load on a local server, with a number of concurrent connections."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from statistics import quantiles
from threading import Thread
from time import perf_counter

MAX_CONNECTIONS = 64
MAX_SECONDS = 120


@dataclass(frozen=True)
class TimedResponse:
    """`duration` is the response's Server-Timing, in milliseconds."""

    status: int
    size: int
    duration: float | None = None


@dataclass(frozen=True)
class Load:
    """`requests` counts the responses with the expected status, `times` are their durations."""

    requests: int
    failures: int
    seconds: float
    times: list[float] = field(default_factory=list)

    @property
    def p95(self) -> float | None:
        """The 95th percentile of the durations, in milliseconds."""
        return quantiles(self.times, n=20)[-1] if len(self.times) > 1 else None


def get(port: int, host: str, path: str, timeout: float, cookie: str = "") -> TimedResponse:
    """Make one request on a new connection; raises OSError or HTTPException."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        headers = {"Host": host, "Connection": "close"} | ({"Cookie": cookie} if cookie else {})
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        timing = response.getheader("Server-Timing", "").partition("app;dur=")[2].partition(",")[0]
        return TimedResponse(response.status, len(response.read()), float(timing) if timing else None)
    finally:
        connection.close()


def generate_load(
    port: int,
    host: str,
    paths: Sequence[str],
    status: int,
    *,
    connections: int,
    seconds: float,
    cookie: str = "",
) -> Load:
    """Keep a number of concurrent requests running for some seconds, at most MAX_CONNECTIONS and MAX_SECONDS."""
    connections, seconds = min(connections, MAX_CONNECTIONS), min(seconds, MAX_SECONDS)
    succeeded, failed = [0] * connections, [0] * connections
    began = perf_counter()
    request_number = count()
    times: list[float] = []

    def run(number: int) -> None:
        while perf_counter() - began < seconds:
            try:
                response = get(
                    port, host, paths[next(request_number) % len(paths)], timeout=seconds + 10, cookie=cookie
                )
            except (OSError, HTTPException):
                failed[number] += 1
                continue
            if response.status == status:
                succeeded[number] += 1
                if response.duration is not None:
                    times.append(response.duration)
            else:
                failed[number] += 1

    threads = [Thread(target=run, args=(number,), daemon=True) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(sum(succeeded), sum(failed), perf_counter() - began, times)
