"""Readers of a streaming replica never see older content than before, and none of its faults. Run with `make faults`.

Both servers belong to the test (tests/production/cluster.py), as does the web server, which runs as in production.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest
import requests

from portal.env import BASE_DIR
from tests.faults import tell, wait_for
from tests.production.cluster import Cluster, primary, replica_of
from tests.sink import free_port

HOST = "replica.localhost"
ROUNDS = 20

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/usr/lib/postgresql").exists(),
    reason="servers of PostgreSQL are started by root, from the packages of Debian",
)


@dataclass
class Pair:
    """A primary and its replica, which both log their queries, and the web server."""

    primary: Cluster
    replica: Cluster
    environment: dict[str, str]
    port: int

    def read(self, path: str = "/fr/", **headers: str) -> requests.Response:
        address = f"http://127.0.0.1:{self.port}{path}"
        return requests.get(address, headers={"Host": HOST} | headers, allow_redirects=False, timeout=30)

    def publish(self, name: str) -> None:
        """Change every page's title and the content version in one transaction."""
        change = f"UPDATE wagtailcore_site SET site_name = '{name}' WHERE hostname = '{HOST}'"
        version = "UPDATE core_contentversion SET number = number + 1"
        self.primary.run(f"BEGIN; {change}; {version}; COMMIT", "portal")

    def is_caught_up(self) -> bool:
        written = self.primary.run("SELECT pg_current_wal_insert_lsn()")
        return self.replica.run(f"SELECT pg_last_wal_replay_lsn() >= '{written}'") == "t"

    def is_read_from(self) -> bool:
        """Whether a reader's page comes from the replica."""
        before = query_count(self.replica)
        assert self.read().status_code == 200
        return query_count(self.replica) > before


def query_count(cluster: Cluster) -> int:
    """The number of content version queries that a server has received, one per request."""
    return (cluster.folder / "log").read_text(errors="replace").count("END FROM core_contentchange")


def manage(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def web_server(environment: dict[str, str], port: int, log: Path) -> Iterator[None]:
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "portal/server.py"],
            cwd=BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )

    def is_alive() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return requests.get(f"http://127.0.0.1:{port}/-/live", timeout=5).ok
        except requests.ConnectionError:
            return False

    try:
        wait_for(is_alive, 300)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(40)


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> Iterator[Pair]:
    folder, port = tmp_path_factory.mktemp("replica"), free_port()
    with ExitStack() as stack:
        source = stack.enter_context(primary("trust", "trust"))
        source.run("ALTER SYSTEM SET log_statement = 'all'")
        source.run("SELECT pg_reload_conf()")
        source.run("CREATE DATABASE portal")
        environment = {name: value for name, value in os.environ.items() if name != "CACHE_URL"}
        environment |= {"DATABASE_URL": source.url("portal"), "DATA_DIR": str(folder), "SECRET_KEY": "r" * 40}
        environment |= {
            "DEBUG": "no",
            "DEMO": "no",
            "HTTPS": "no",
            "ALLOWED_HOSTS": HOST,
            "PORT": str(port),
            "WEB_WORKERS": "2",
        }
        for command in (
            ("migrate", "-v0"),
            ("collectstatic", "--noinput", "-v0"),
            ("create_site", "--host", HOST, "--name", "Nom 0", "--languages", "fr", "--open"),
        ):
            done = manage(environment, *command)
            assert done.returncode == 0, done.stderr
        copy = stack.enter_context(replica_of(source))
        environment["DATABASE_REPLICA_URL"] = copy.url("portal")
        stack.enter_context(web_server(environment, port, folder / "web.log"))
        yield Pair(source, copy, environment, port)


@pytest.fixture(autouse=True)
def caught_up(pair) -> None:
    """Each test begins with an available replica that readers use."""
    wait_for(pair.is_caught_up, 300)
    wait_for(pair.is_read_from, 300)


def test_pages_for_readers_are_read_from_the_replica(pair):
    before = query_count(pair.primary), query_count(pair.replica)
    statuses = [pair.read().status_code for _ in range(ROUNDS)]

    assert set(statuses) == {200}
    assert query_count(pair.replica) - before[1] > ROUNDS / 2
    assert query_count(pair.primary) - before[0] + query_count(pair.replica) - before[1] == ROUNDS


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/fr/", {"Cookie": "sessionid=of-somebody"}), ("/admin/login/", {})],
    ids=["somebody signed in", "the newsroom"],
)
def test_personal_page_is_read_from_the_primary_only(pair, path, headers):
    before = query_count(pair.primary), query_count(pair.replica)
    assert pair.read(path, **headers).status_code == 200

    assert (query_count(pair.primary), query_count(pair.replica)) == (before[0] + 1, before[1])


def test_submitted_form_uses_the_primary(pair):
    before = query_count(pair.replica)
    requests.post(f"http://127.0.0.1:{pair.port}/admin/login/", headers={"Host": HOST}, timeout=30)

    assert query_count(pair.replica) == before


def test_nobody_reads_older_content_than_the_last_publication(pair):
    before, stale = query_count(pair.replica), []
    for number in range(1, ROUNDS + 1):
        pair.publish(f"Nom {number}.")
        stale += [number for _ in range(3) if f"Nom {number}." not in pair.read().text]
    remark = f"{query_count(pair.replica) - before} from the replica"
    tell("a replica, read after each publication", 3 * ROUNDS, lost=len(stale), remark=remark)

    assert not stale


def test_lagging_replica_is_not_used_until_it_has_caught_up(pair):
    pair.replica.run("SELECT pg_wal_replay_pause()")
    try:
        pair.publish("En retard")
        before = query_count(pair.replica)
        names = ["En retard" in pair.read().text for _ in range(5)]
        from_replica = query_count(pair.replica) - before
    finally:
        pair.replica.run("SELECT pg_wal_replay_resume()")
    wait_for(pair.is_caught_up, 300)

    assert (names, from_replica) == ([True] * 5, 0)
    wait_for(pair.is_read_from, 300)


def test_killed_replica_fails_no_request(pair):
    statuses = [pair.read().status_code for _ in range(5)]
    os.kill(int((pair.replica.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    times = []
    for _ in range(50):
        began = monotonic()
        statuses.append(pair.read().status_code)
        times.append(monotonic() - began)
    message = manage(pair.environment, "status").stdout
    started_again(pair.replica)
    wait_for(pair.is_read_from, 300)
    tell("the replica killed", len(statuses), len(statuses) - statuses.count(200), remark=f"slowest {max(times):.2f} s")

    assert set(statuses) == {200}
    assert "does not answer: readers read from the primary" in message


def test_pages_are_served_while_the_primary_is_down(pair):
    pair.primary.stop("immediate")
    try:
        statuses = [pair.read().status_code for _ in range(20)]
    finally:
        pair.primary.start()
    tell("the primary gone, with a replica", len(statuses), len(statuses) - statuses.count(200))

    assert set(statuses) == {200}


def test_status_reports_the_lag_of_the_replica(pair):
    assert "lags 0.0 MB behind the primary" in manage(pair.environment, "status").stdout


def started_again(cluster: Cluster) -> None:
    """After a kill, its processes end one by one and use the folder until the last has ended."""

    def is_started() -> bool:
        try:
            cluster.start()
        except AssertionError:
            return False
        return True

    wait_for(is_started, 300)
