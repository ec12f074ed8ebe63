"""The web server behind PgBouncer in transaction mode: readers and newsroom work, and no session state leaks.

Run with `make faults`; needs Debian's package pgbouncer.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import requests
from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from portal.newsletter.models import Subscriber
from portal.newsletter.subscribers.subscription import hash_of_address
from tests.builders import make_article
from tests.editorial.actions import form_of, reload
from tests.faults import tell, wait_for
from tests.operation import faults_nodes
from tests.operation.faults_nodes import HOST, Machines, Newsroom, Node, read
from tests.sink import free_port

machines = faults_nodes.machines
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
# Fewer connections of the server than threads of the web server, so transactions change them all the time.
SERVER_CONNECTIONS, THREADS, ROUNDS, READS = 2, "6", 10, 200
SUBSCRIBERS = 6000
NAME = "pooler-of-test"

pytestmark = [
    faults_nodes.pytestmark,
    pytest.mark.skipif(not PROGRAM or os.geteuid() != 0, reason="root starts PgBouncer: apt-get install pgbouncer"),
]


@contextmanager
def pooler(address: str) -> Iterator[str]:
    """PgBouncer as in deploy/pgbouncer.ini, and the URL of the database through it."""
    place, port = urlsplit(address), free_port()
    folder = Path(tempfile.mkdtemp(prefix="portal-pooler-"))
    server = f"host={place.hostname} port={place.port or 5432} user={place.username}"
    server += f" password={place.password}" if place.password else ""
    sample = (Path(__file__).parents[2] / "deploy/pgbouncer.ini").read_text()
    lines = [line for line in sample.splitlines() if not line.startswith((";", "auth_", "listen_", "default_pool"))]
    lines = [line.replace("portal = host=127.0.0.1 port=5432 dbname=portal", f"* = {server}") for line in lines]
    own = f"listen_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\n"
    own += f"default_pool_size = {SERVER_CONNECTIONS}\n"
    (folder / "pgbouncer.ini").write_text("\n".join(lines) + f"\n{own}")
    shutil.chown(folder, "postgres")
    command = ["runuser", "-u", "postgres", "--", PROGRAM, "-q", folder / "pgbouncer.ini"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    through = place._replace(netloc=f"{place.username}@127.0.0.1:{port}").geturl()

    def responds() -> bool:
        assert process.poll() is None, (folder / "log").read_text()
        try:
            with psycopg.connect(through, application_name=NAME):
                return True
        except psycopg.OperationalError:
            return False

    try:
        wait_for(responds, 20)
        yield through
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder)


@pytest.fixture
def pooled(machines) -> Iterator[tuple[Machines, Node, str]]:
    with pooler(machines.installation.environment["DATABASE_URL"]) as through:
        yield machines, machines.web(DATABASE_POOLER_URL=through, WEB_THREADS=THREADS, PAGE_CACHE="no"), through


def state_of_server(through: str) -> set[tuple[str, ...]]:
    """The settings of the pooler's own connections that a client could have left behind, and their locks."""
    found = set()
    statement = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'), "
    statement += "current_setting('enable_seqscan'), coalesce(current_setting('portal.content_changed', true), ''), "
    statement += "(SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()), "
    statement += "(SELECT count(*)::text FROM pg_prepared_statements)"
    for _turn in range(20):
        with psycopg.connect(through, autocommit=True, prepare_threshold=None) as client:
            found.add(client.execute(statement).fetchone())
    return found


def test_newsroom_and_readers_work_through_a_pooler(pooled):
    machines, node, through = pooled
    ground = machines.ground
    page = make_article(ground.section, "Le tour 0", date=None)
    author = get_user_model().objects.create_superuser("author", "author@example.org")
    newsroom, stale, failed = Newsroom(ground), [], []
    address, front = ground.address(page), ground.address(ground.section)
    paths = [address, front, "/fr/", "/fr/search/?q=tour", f"{front}feed.rss", "/sitemap.xml"]
    with ThreadPoolExecutor(8) as crowd:
        reading = crowd.map(lambda number: read(node, paths[number % len(paths)]).status_code, range(READS))
        for round_ in range(1, ROUNDS + 1):
            page = reload(page)
            page.title = f"Le tour {round_}"
            page.save_revision(user=author)
            response = newsroom.post(node, f"/admin/pages/{page.pk}/edit/", form_of(page, **{"action-publish": "1"}))
            failed += [response.status_code] * (response.status_code != 302)
            stale += [path for path in (address, front) if f"Le tour {round_}" not in read(node, path).text]
        statuses = list(reading)
    failed += [status for status in statuses if status not in (200, 429)]
    left = state_of_server(through)
    used = requests.get(f"http://127.0.0.1:{node.port}/-/ready", headers={"Host": HOST}, timeout=30).json()
    tell("through PgBouncer", READS + ROUNDS, errors=len(failed), lost=len(stale), remark=f"left behind: {left}")

    assert failed == []
    assert stale == []
    assert used["database"] is True
    # Each connection has the limit of deploy/pgbouncer.ini, and nothing else.
    assert left == {("30s", "0", "on", "", "0", "0")}


def test_long_download_is_complete_while_others_use_the_connections(pooled):
    machines, node, _through = pooled
    made = {
        "site": machines.ground.site,
        "language": "fr",
        "state": Subscriber.State.ACTIVE,
        "asked_at": timezone.now(),
    }
    Subscriber.objects.bulk_create(
        Subscriber(address=address, address_hash=hash_of_address(address), **made)
        for address in (f"lectrice-{number}@reader.example" for number in range(SUBSCRIBERS))
    )
    path = f"{reverse('newsletter_subscribers')}?export=csv"
    address, cookies = f"http://127.0.0.1:{node.port}{path}", Newsroom(machines.ground).cookies
    with (
        ThreadPoolExecutor(2) as crowd,
        requests.get(address, cookies=cookies, headers={"Host": HOST}, stream=True, timeout=60) as download,
    ):
        lines = download.iter_lines(chunk_size=512)
        first = next(lines)
        # The file is still being sent; it is longer than what the sockets between the two hold.
        list(crowd.map(lambda number: read(node, f"/fr/search/?q=tour-{number}"), range(20)))
        rows = sum(1 for _line in lines)

    assert b"lectrice" not in first
    assert rows == SUBSCRIBERS


def test_upgrade_through_a_pooler_is_refused_and_leaves_no_lock(pooled):
    machines, _node, through = pooled
    command = ("manage.py", "upgrade", "--wait", "0", "--no-static", "--no-backup")
    process = machines.installation.start(*command, DATABASE_URL=through)
    _out, err = process.communicate(timeout=120)
    locks = {state[-2] for state in state_of_server(through)}

    assert process.returncode == 1
    assert "DATABASE_URL leads to a pooler" in err
    assert locks == {"0"}


def test_web_server_has_no_connection_beside_the_pooler(pooled):
    _machines, node, _through = pooled
    for _turn in range(3):
        assert read(node, "/fr/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        [count] = cursor.fetchone()

    # The connection of this process is one of them.
    assert count <= SERVER_CONNECTIONS + 1


def test_commands_and_scheduler_connect_directly(pooled):
    machines, _node, through = pooled
    code = "from django.conf import settings; print(settings.DATABASES['default']['PORT'])"
    process = machines.installation.start(
        "manage.py", "shell", "--no-imports", "-v0", "-c", code, DATABASE_POOLER_URL=through
    )
    out, err = process.communicate(timeout=120)

    assert out.strip() == str(urlsplit(machines.installation.environment["DATABASE_URL"]).port or ""), err
