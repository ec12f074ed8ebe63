"""Asks a server on this machine for pages, with so many requests at a time and for so long."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from statistics import quantiles
from threading import Thread
from time import perf_counter

MOST_CONNECTIONS = 64
MOST_SECONDS = 120


@dataclass(frozen=True)
class TimedResponse:
    """`took` is what the server says that it took, in milliseconds."""

    status: int
    size: int
    took: float | None = None


@dataclass(frozen=True)
class Load:
    """`requests` are those that were answered as they should be, `times` what the server took for them."""

    requests: int
    failures: int
    seconds: float
    times: list[float] = field(default_factory=list)

    @property
    def late(self) -> float | None:
        """What 95 of 100 requests were answered within, in milliseconds."""
        return quantiles(self.times, n=20)[-1] if len(self.times) > 1 else None


def ask(port: int, host: str, path: str, timeout: float, cookie: str = "") -> TimedResponse:
    """One request on a connection of its own, as from a proxy that keeps none; raises OSError or HTTPException."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        headers = {"Host": host, "Connection": "close"} | ({"Cookie": cookie} if cookie else {})
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        timing = response.getheader("Server-Timing", "").partition("app;dur=")[2]
        return TimedResponse(response.status, len(response.read()), float(timing) if timing else None)
    finally:
        connection.close()


def drive(
    port: int,
    host: str,
    paths: Sequence[str],
    status: int,
    *,
    connections: int,
    seconds: float,
    cookie: str = "",
) -> Load:
    """Keep so many requests under way until the time is over.

    Numbers beyond MOST_CONNECTIONS and MOST_SECONDS are cut to them.
    """
    connections, seconds = min(connections, MOST_CONNECTIONS), min(seconds, MOST_SECONDS)
    good, bad = [0] * connections, [0] * connections
    began = perf_counter()
    turn = count()
    times: list[float] = []

    def run(number: int) -> None:
        while perf_counter() - began < seconds:
            try:
                answer = ask(port, host, paths[next(turn) % len(paths)], timeout=seconds + 10, cookie=cookie)
            except (OSError, HTTPException):
                bad[number] += 1
                continue
            if answer.status == status:
                good[number] += 1
                if answer.took is not None:
                    times.append(answer.took)
            else:
                bad[number] += 1

    threads = [Thread(target=run, args=(number,), daemon=True) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(sum(good), sum(bad), perf_counter() - began, times)
