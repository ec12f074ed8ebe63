"""Measures pages in this process with Django's test client: no network, no server, one request at a time."""

from collections import defaultdict
from itertools import chain, cycle
from statistics import fmean, median, quantiles
from time import perf_counter, process_time
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.bench.figures import Figures
from tests.bench.samples import Sample
from tests.bench.serving.processes import is_named, thread_seconds
from tests.bench.serving.visitors import client_addresses

MIN_REQUESTS = 20


class UnexpectedStatusError(Exception):
    """The status of a page differs from the expected one."""


def measure(sample: Sample, seconds: float, client: Client | None = None) -> Figures:
    """Request a sample's pages in turn for some seconds, after requesting each twice to warm the caches."""
    cookie = {"cookie": sample.cookie} if sample.cookie else {}
    client, addresses = client or Client(headers={"host": sample.host} | cookie), client_addresses()

    def get(path: str) -> Any:
        response = client.get(path, REMOTE_ADDR=next(addresses))
        if response.status_code != sample.status:
            raise UnexpectedStatusError(
                f"{sample.host}{path} responds with {response.status_code}, not {sample.status}."
            )
        return response

    queries, size = [0], 0
    for path in sample.paths:
        get(path)
    for path in sample.paths:
        with CaptureQueriesContext(connection) as captured:
            size = len(get(path).content)
        queries.append(len(captured))
    backend = backend_process()
    times: list[float] = []
    # For each path, the processor time of this process and of the database, once per request.
    costs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    began, least = perf_counter(), max(MIN_REQUESTS, sample.rounds * len(sample.paths))
    for path in cycle(sample.paths):
        before = processor_times(backend)
        start = perf_counter()
        get(path)
        times.append(perf_counter() - start)
        own, database = (after - earlier for after, earlier in zip(processor_times(backend), before, strict=True))
        costs[path].append((own, database))
        if perf_counter() - began > seconds and len(times) >= least:
            break
    own, database = (fmean(each) * 1000 for each in zip(*chain.from_iterable(costs.values()), strict=True))
    usual = [median(map(sum, of_path)) * 1000 for of_path in costs.values()]
    return Figures(
        name=sample.name,
        queries=max(queries),
        median=median(times) * 1000,
        p95=quantiles(times, n=20)[-1] * 1000,
        processor=own,
        database=database if backend else None,
        usual=median(usual),
        worst=max(usual),
        size=size,
    )


def processor_times(backend: int | None) -> tuple[float, float]:
    """The processor seconds of this process, and of the database's process."""
    return process_time(), (thread_seconds(backend) if backend else None) or 0.0


def backend_process() -> int | None:
    """The process id of the PostgreSQL backend of this connection, if it runs on this machine."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    return pid if is_named(pid, "postgres") else None
