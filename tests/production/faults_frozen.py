"""A database server that keeps its connections open and does not respond: readers get 503, soon. Run with `make faults`.

A forwarder between the web server and PostgreSQL stops passing bytes.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic
from urllib.parse import urlsplit

import pytest
import requests

from tests.builders import make_article
from tests.faults import tell, wait_for
from tests.operation import faults_nodes
from tests.operation.faults_nodes import HOST, Machines, Node
from tests.production.forwarder import Forwarder, forwarder

machines = faults_nodes.machines
pytestmark = faults_nodes.pytestmark
LONGEST = 5.0
CLIENTS, THREADS = 4, "4"


@contextmanager
def behind_forwarder(machines: Machines, **environment: str) -> Iterator[tuple[Node, Forwarder]]:
    address = machines.installation.environment["DATABASE_URL"]
    place = urlsplit(address)
    with forwarder(place.hostname or "127.0.0.1", place.port or 5432) as between:
        through = place._replace(netloc=f"{place.netloc.rpartition('@')[0]}@127.0.0.1:{between.port}").geturl()
        yield machines.web(DATABASE_URL=through, WEB_THREADS=THREADS, **environment), between


def get(node: Node, path: str) -> tuple[int, float]:
    began = monotonic()
    response = requests.get(f"http://127.0.0.1:{node.port}{path}", headers={"Host": HOST}, timeout=60)
    return response.status_code, monotonic() - began


def get_at_once(node: Node, paths: list[str]) -> list[tuple[int, float]]:
    with ThreadPoolExecutor(CLIENTS) as crowd:
        return list(crowd.map(lambda path: get(node, path), paths))


@pytest.mark.parametrize("cache", ["yes", "no"])
def test_frozen_server_is_a_503_on_open_connections_and_heals_by_itself(machines, cache):
    ground = machines.ground
    path = ground.address(make_article(ground.section, "Le tour"))
    with behind_forwarder(machines, PAGE_CACHE=cache) as (node, between):
        # Every thread has an open connection.
        assert {status for status, _seconds in get_at_once(node, [path, "/fr/", "/admin/login/"] * 8)} == {200}
        between.freeze()
        found = [result for _turn in range(4) for result in get_at_once(node, [path, "/fr/", "/admin/login/", "/"])]
        between.thaw()
        began = monotonic()
        wait_for(lambda: {status for status, _seconds in get_at_once(node, [path] * CLIENTS)} == {200}, 30)
        healed = monotonic() - began
    slowest = max(seconds for _status, seconds in found)
    wrong = [status for status, _seconds in found if status != 503]
    remark = f"slowest 503 {slowest:.1f} s, healed after {healed:.1f} s"
    tell(f"frozen database, cache {cache}", len(found), errors=len(wrong), remark=remark)

    assert wrong == []
    assert slowest <= LONGEST


def test_slow_query_of_a_server_that_responds_is_waited_for(machines, monkeypatch):
    code = "\n".join(
        [
            "from portal.platform.operation.frozen_server import watch_servers",
            "from django.db import connection",
            "watch_servers()",
            "connection.cursor().execute('SELECT pg_sleep(6)')",
            "print('waited')",
        ]
    )
    process = machines.installation.start("manage.py", "shell", "--no-imports", "-v0", "-c", code)
    out, err = process.communicate(timeout=120)
    tell("slow query of a running database", 1, errors="waited" not in out)

    assert "waited" in out, err
