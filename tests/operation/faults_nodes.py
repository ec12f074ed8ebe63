"""Two web nodes, two schedulers and two workers on one PostgreSQL, Redis and object storage. Run with `make faults`.

Each has its own folder, as on separate machines. DATABASE_URL and CACHE_URL are the shared services.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from itertools import count
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
import requests
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone
from wagtail.models import PageLogEntry, Revision

from portal.connections import storages
from portal.content.mail import Message, enqueue
from portal.content.management.commands.scheduler import THREADS
from portal.env import BASE_DIR, object_storage
from portal.media.models import Image
from portal.media.picture import sources
from tests.builders import SampleSite, make_article, make_site, make_standard_page, newsroom_client
from tests.database_copies import Installation, finished
from tests.editorial.actions import form_of, reload
from tests.faults import tell, wait_for
from tests.object_storage import KEY, SECRET, make_bucket, object_server
from tests.sink import Sink, free_port, open_sink

HOST, TOKEN = "nodes.localhost", "c" * 32
MAILS, PLANS, READERS = 120, 12, 4

pytestmark = pytest.mark.skipif(
    not os.environ.get("DATABASE_URL", "").startswith("postgres") or "redis" not in os.environ.get("CACHE_URL", ""),
    reason="several machines share PostgreSQL and Redis: DATABASE_URL=postgres://… CACHE_URL=redis://…",
)


@dataclass
class Node:
    """One process, or a web server with its workers, in its own process group."""

    process: subprocess.Popen[bytes]
    port: int = 0

    def workers(self) -> set[str]:
        """The keys of the processes that respond."""
        return set(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split())

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@dataclass
class Machines:
    installation: Installation
    ground: SampleSite
    sink: Sink
    storage: str
    running: list[Node] = field(default_factory=list)
    number: Iterator[int] = field(default_factory=count)

    def start(self, *command: str, port: int = 0, **environment: str) -> Node:
        """A process as on another machine, with only the static files in its folder."""
        folder = self.installation.folder / f"machine-{next(self.number)}"
        folder.mkdir()
        (folder / "static").symlink_to(self.installation.folder / "static")
        own = {"DATA_DIR": str(folder), "STORAGE_URL": self.storage, "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}"}
        own |= {"ALLOWED_HOSTS": HOST, "WEB_WORKERS": "1", **({"PORT": str(port)} if port else {})}
        with (self.installation.folder / f"{folder.name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=BASE_DIR,
                env=self.installation.environment | own | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        node = Node(process, port)
        self.running.append(node)
        return node

    def web(self, **environment: str) -> Node:
        node = self.start("-m", "gunicorn", "--config", "portal/server.py", port=free_port(), **environment)
        until = monotonic() + 60
        while monotonic() < until:
            try:
                if requests.get(f"http://127.0.0.1:{node.port}/-/ready", timeout=5).ok:
                    return node
            except requests.ConnectionError:
                assert node.process.poll() is None
        raise AssertionError("The node does not answer.")

    def end(self) -> None:
        for node in self.running:
            if node.process.poll() is None:
                node.kill()


@contextmanager
def in_storage(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Within the block, this process stores files there as well."""
    monkeypatch.setenv("STORAGE_URL", address)
    objects = storages(object_storage("STORAGE_URL", ""), hashed=False)
    with override_settings(STORAGES={**settings.STORAGES, "default": objects["default"]}):
        yield


@pytest.fixture
def machines(light_settings, installation, db, tmp_path, monkeypatch) -> Iterator[Machines]:
    with ExitStack() as stack:
        endpoint = stack.enter_context(object_server())
        address = f"s3://{KEY}:{SECRET.replace('/', '%2F')}@{make_bucket(endpoint)}?endpoint={endpoint}"
        stack.enter_context(in_storage(address, monkeypatch))
        stack.enter_context(override_settings(MEDIA_ROOT=tmp_path / "none", DATA_DIR=tmp_path))
        sink = stack.enter_context(open_sink())
        collecting = installation.start("manage.py", "collectstatic", "--noinput", "-v0")
        stack.enter_context(installation.here())
        made = Machines(installation, make_site(HOST), sink, address)
        finished(collecting)
        stack.callback(made.end)
        yield made


class Newsroom:
    """A signed-in user whose requests go to any node."""

    def __init__(self, ground: SampleSite):
        person = get_user_model().objects.create_superuser("publisher", "publisher@example.org")
        cookies = newsroom_client(ground, person).cookies
        self.cookies = {"sessionid": cookies[settings.SESSION_COOKIE_NAME].value, "csrftoken": TOKEN}

    def post(self, node: Node, path: str, data: dict, **files) -> requests.Response:
        return requests.post(
            f"http://127.0.0.1:{node.port}{path}",
            data={**data, "csrfmiddlewaretoken": TOKEN},
            files=files or None,
            cookies=self.cookies,
            headers={"Host": HOST},
            allow_redirects=False,
            timeout=60,
        )


def read(node: Node, path: str) -> requests.Response:
    return requests.get(f"http://127.0.0.1:{node.port}{path}", headers={"Host": HOST}, timeout=60)


def test_publication_on_one_node_is_visible_on_the_other_at_once(machines):
    ground = machines.ground
    author = get_user_model().objects.create_superuser("author", "author@example.org")
    page = make_article(ground.section, "Le tour 0", date=None)
    nodes, newsroom = [machines.web(), machines.web()], Newsroom(ground)
    address, front = ground.address(page), ground.address(ground.section)
    stale, waits = [], []
    for round_ in range(1, 11):
        page = reload(page)
        page.title = f"Le tour {round_}"
        page.save_revision(user=author)
        here, there = nodes[round_ % 2], nodes[(round_ + 1) % 2]
        response = newsroom.post(here, f"/admin/pages/{page.pk}/edit/", form_of(page, **{"action-publish": "1"}))
        assert response.status_code == 302
        began = monotonic()
        # The slug may or may not have changed with the title. The list has the right URL.
        stale += [path for path in (address, front) if f"Le tour {round_}" not in read(there, path).text]
        waits.append(monotonic() - began)
    image = Image.objects.get(pk=reload(page).lead_image_id)
    picture = read(nodes[0], sources(image, "text").src)
    tell("two nodes, published by turns", 2 * len(waits), lost=len(stale), remark=f"slowest {max(waits):.2f} s")

    assert stale == []
    assert picture.content.startswith(b"\xff\xd8")
    assert not list(machines.installation.folder.glob("machine-*/media"))


@contextmanager
def readers(nodes: list[Node], paths: list[str]) -> Iterator[Counter[str]]:
    """Clients that read without a pause from the nodes in turn, and retry on the other node, as through a proxy.

    Yields the counts of their responses so far, after the first hundred.
    """
    found: Counter[str] = Counter()
    stop = Event()

    def read_on(reader: int) -> None:
        for number in count(reader):
            if stop.is_set():
                return
            for node in (nodes[number % 2], nodes[(number + 1) % 2]):
                try:
                    found[str(read(node, paths[number % len(paths)]).status_code)] += 1
                    break
                except requests.ConnectionError as error:
                    if "refused" not in str(error):
                        found["broken off"] += 1
                        break
                    found["passed on"] += 1
            else:
                found["nobody"] += 1

    with ThreadPoolExecutor(READERS) as crowd:
        reading = [crowd.submit(read_on, number) for number in range(READERS)]
        try:
            wait_for(lambda: found["200"] >= 100, 120)
            yield found
        finally:
            stop.set()
        for each in reading:
            each.result(120)


def tell_of(fault: str, found: Counter[str]) -> None:
    passed_on = found["passed on"]
    remark = f"{passed_on} passed on to the other node; errors: in hand" if passed_on else ""
    tell(fault, found.total() - passed_on, found.total() - passed_on - found["200"], remark=remark)


def test_killed_node_loses_only_its_requests_in_progress(machines):
    paths = [machines.ground.address(make_article(machines.ground.section, f"Article {n}")) for n in range(5)]
    nodes = [machines.web(), machines.web()]
    with readers(nodes, paths) as found:
        nodes[0].kill()
        before = found["200"]
        wait_for(lambda: found["200"] >= before + 200, 120)
    tell_of("one of two nodes killed", found)

    assert set(found) <= {"200", "passed on", "broken off"}
    assert found["broken off"] <= READERS
    assert found["passed on"] > 0


def test_upgrade_fails_no_request(machines, settings):
    """The former code runs on the schema of the next version until each node has restarted."""
    paths = [machines.ground.address(make_article(machines.ground.section, f"Article {n}")) for n in range(5)]
    nodes, message = [machines.web(), machines.web()], StringIO()
    settings.BACKUP_DIR = machines.installation.folder / "backups"
    with readers(nodes, paths) as found:
        with override_settings(MIGRATION_MODULES={"sheets": "tests.operation.next_version.migrations"}):
            call_command("upgrade", no_static=True, stdout=message)
        for node in nodes:
            before, former = found["200"], node.workers()
            node.process.send_signal(signal.SIGHUP)
            wait_for(lambda former=former, node=node: not former & node.workers(), 120)
            wait_for(lambda before=before: found["200"] >= before + 50, 120)
    tell_of("an upgrade, and two nodes reloaded", found)

    assert "is installed" in message.getvalue()
    assert set(found) == {"200"}


def test_two_schedulers_and_workers_repeat_nothing_and_one_may_die(machines):
    ground, due = machines.ground, timezone.now() - timedelta(seconds=1)
    for number in range(PLANS):
        page = make_standard_page(ground.home, f"Plan {number}", go_live_at=timezone.now() + timedelta(days=1))
        revision = page.get_latest_revision()
        revision.content["go_live_at"], revision.approved_go_live_at = due.isoformat(), due
        Revision.objects.bulk_update([revision], ["content", "approved_go_live_at"])
    wanted = [f"reader-{number}@portal.example" for number in range(MAILS)]
    enqueue([Message(address, "Lettre", "Bonjour.") for address in wanted])
    worker = ("manage.py", "db_worker", "--backend", "durable", "--queue-name", "*", "--interval", "0.1")
    killed = [machines.start("manage.py", "scheduler", "--interval", "0.2"), machines.start(*worker)]
    machines.start("manage.py", "scheduler", "--interval", "0.2")
    machines.start(*worker)

    def published() -> list[int]:
        entries = PageLogEntry.objects.filter(action="wagtail.publish.scheduled")
        return sorted(Counter(entries.values_list("page", flat=True)).values())

    taken_of = lambda: Counter(each for each in machines.sink.recipients if each in set(wanted))  # noqa: E731
    wait_for(lambda: len(taken_of()) > MAILS // 3, 120)
    for node in killed:
        node.kill()
    # Their unfinished tasks are repeated after a quarter of an hour.
    in_hand = THREADS + 1
    wait_for(lambda: len(published()) == PLANS and len(taken_of()) >= MAILS - in_hand, 120)
    taken = taken_of()
    twice = sum(taken.values()) - len(taken) + sum(published()) - len(published())
    remark = (
        f"{len(taken)} mails sent, {len(published())} pages published; the rest is taken up a quarter of an hour later"
    )
    tell("one scheduler and one worker of two killed", MAILS + PLANS, lost=twice, remark=remark)

    assert set(taken.values()) == {1}
    assert published() == [1] * PLANS
