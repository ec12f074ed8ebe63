"""A release of 200 pages at its minute: two web processes, the scheduler and eight readers. Run with `make faults`.

RELEASE_PAGES sets the number of pages. With DATABASE_URL and CACHE_URL it runs on PostgreSQL and Redis.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import Revision

from portal.editorial.records.releases import Release
from portal.editorial.releases.carrying_out import lead
from portal.editorial.releases.undoing import undo
from tests.caches.faults_workers import running, served, wait_for_response
from tests.caches.fronts import Front, needs
from tests.database_copies import Installation
from tests.editorial.releases.made import again
from tests.editorial.releases.polling import AFTER, BEFORE, HOSTS, Ask, Poller, Seen, approved_release, polling, rounds
from tests.faults import tell
from tests.sink import free_port

PAGES = int(os.environ.get("RELEASE_PAGES", "200"))
NEW_PAGES = 4
POLLERS = 8
MAX_DELAY = 1.0
# The readers begin this long before the scheduler begins the release.
BEFOREHAND = timedelta(seconds=6)


def asking(port: int) -> Ask:
    def ask(host: str, path: str, reader: str) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", path, headers={"Host": host, "X-Forwarded-For": reader})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    return ask


@contextmanager
def varnish(port: int, portal: int, folder: Path) -> Iterator[None]:
    """Varnish at this port, with the sample of deploy/, in front of the portal's."""
    front = Front("varnish", port, SimpleNamespace(server=SimpleNamespace(server_port=portal)))  # type: ignore[arg-type]
    process = subprocess.Popen(front.command(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_response(port)
        yield
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def installed_network(installation: Installation, folder: Path, *, is_cached: bool) -> Iterator[int]:
    """The port at which readers get the sites, from two web processes, with or without Varnish; and the scheduler."""
    port = free_port()
    environment = {"TRUSTED_PROXY": "yes", "API_REQUESTS_A_MINUTE": "1000000", "LOG_LEVEL": "ERROR"}
    if is_cached:
        purged = f"varnish://127.0.0.1:{port}"
        environment |= {"TRUSTED_PROXIES": "2", "SHARED_CACHE_SECONDS": "86400", "SHARED_CACHE_PURGE": purged}
    scheduler = installation.start("manage.py", "scheduler", **environment)
    with running(scheduler), served(installation, **environment) as (portal, _process):
        wait_for_response(portal)
        if not is_cached:
            yield portal
            return
        with varnish(port, portal, folder):
            yield port


def due_soon(release: Release) -> datetime:
    """Set the minute so that the scheduler begins the release in a few seconds."""
    begins = timezone.now() + BEFOREHAND
    at = begins + lead(release.items.count())
    Revision.objects.filter(release_items__release=release).update(approved_go_live_at=at)
    Release.objects.filter(pk=release.pk).update(at=at)
    DBTaskResult.objects.filter(task_path__endswith="publish_release").update(run_after=begins)
    return at


def delays(seen: list[Seen], since: float, former: frozenset[str]) -> list[float]:
    """How long after the change readers still asked in vain."""
    return [each.asked - since for each in seen if each.words & former and each.asked > since]


def out_of_order(pollers: list[Poller], since: float, new: frozenset[str]) -> int:
    """Responses with the former state to requests after a response with the new one, to anybody."""
    seen = [each for poller in pollers for each in poller.seen if each.asked > since - 1]
    first = min(each.answered for each in seen if each.words & new)
    return sum(not each.words & new for each in seen if each.asked > first)


@pytest.mark.parametrize("is_cached", [False, pytest.param(True, marks=needs["varnish"])], ids=["direct", "varnish"])
def test_release_is_seen_entirely_or_not_at_all_within_a_second(installation, db, tmp_path, is_cached):
    with installation.here():
        release, approver = approved_release((PAGES // 2) - NEW_PAGES - 1, NEW_PAGES)
    with installation.here(), installed_network(installation, tmp_path, is_cached=is_cached) as port:
        pollers = [Poller(asking(port), host) for host in HOSTS for _number in range(POLLERS // len(HOSTS))]
        at = due_soon(release).timestamp()
        with polling(pollers):
            _wait_until(lambda: again(release).is_published or again(release).failure, at + 120)
            published = time.time()
            rounds(pollers, 3)
            assert again(release).failure == ""
            began = time.time()
            undo(again(release), approver)
            undone = time.time()
            rounds(pollers, 3)

    seen = [each for poller in pollers for each in poller.seen]
    first_half = [each for each in seen if each.asked < began]
    early = [each for each in first_half if each.answered < at and each.words & AFTER]
    late = max(delays(first_half, at, BEFORE), default=0.0)
    late_undo = max(delays(seen, undone, AFTER), default=0.0)
    mixed = [each for each in seen if not each.is_whole]
    turns = out_of_order([_part(each, 0, began) for each in pollers], at, AFTER)
    turns += out_of_order([_part(each, undone, undone + 9999) for each in pollers], undone, BEFORE)
    where = "behind Varnish" if is_cached else "without a proxy"
    remark = (
        f"{where}: seen {late:.2f} s after the minute at the latest (committed by {published - at:.2f} s), "
        f"undone in {undone - began:.1f} s and seen after {late_undo:.2f} s; {turns} responses older than one before"
    )
    tell(
        f"a release of {PAGES} pages at its minute",
        len(seen),
        len([e for e in seen if e.code != 200]),
        len(mixed),
        remark,
    )
    assert mixed == []
    assert early == []
    assert late < MAX_DELAY
    assert late_undo < MAX_DELAY
    assert is_cached or turns == 0


def _part(poller: Poller, since: float, until: float) -> Any:
    return SimpleNamespace(seen=[each for each in poller.seen if since <= each.asked < until])


def _wait_until(is_so: Callable[[], object], until: float) -> None:
    while not is_so():
        assert time.time() < until
        time.sleep(0.1)
