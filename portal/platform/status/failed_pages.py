"""The paths on each site that failed for readers within the last two days, with count and time."""

import logging
import time
from collections import Counter
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.urls import ResolverMatch
from django.utils import timezone
from django.utils.translation import gettext_lazy

from portal.platform.addresses import mask_addresses
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.status.conditions import FailureKind, failure_kinds
from portal.platform.tasks.periodic import periodic

RETENTION = timedelta(days=2)
MAX_PAGES = 20
LONGEST = 300
# A process writes each path at most once in this many seconds, with all failures since the last write.
WRITTEN_EVERY = 1.0
PREFIX = "failed pages of site "

logger = logging.getLogger(__name__)
_lock = Lock()
_waiting: Counter[tuple[int, str]] = Counter()
_written_at: dict[tuple[int, str], float] = {}


class FailedPage(NamedTuple):
    """A path, a lower bound of its failures, and the time of the last one."""

    path: str
    times: int
    last: datetime


def note_failure(request: HttpRequest) -> None:
    """Count a request that ended with an internal error. This function never raises an error itself."""
    edition = getattr(request, "edition", None)
    if edition is None or request.path.startswith("/admin/"):
        return
    key = (edition.site.pk, address_of(request))
    if count := _count_to_write(key, time.monotonic()):
        try:
            _write(*key, count)
        except DatabaseError:
            logger.warning("A failed page could not be noted.", exc_info=True)


def _count_to_write(key: tuple[int, str], now: float) -> int:
    with _lock:
        if len(_written_at) > MAX_PAGES:
            _written_at.clear()
            _waiting.clear()
        _waiting[key] += 1
        if now - _written_at.get(key, -WRITTEN_EVERY) < WRITTEN_EVERY:
            return 0
        _written_at[key] = now
        return _waiting.pop(key)


def address_of(request: HttpRequest) -> str:
    """The path without secrets and personal data: no query, link tokens or email addresses."""
    path = request.path
    match: ResolverMatch | None = request.resolver_match
    for name, value in (match.kwargs if match else {}).items():
        if name == "token":
            path = path.replace(str(value), "…")
    return mask_addresses(path)[:LONGEST]


def failed_pages(site: int, now: datetime) -> list[FailedPage]:
    """The failed pages, most recent first."""
    run = MaintenanceRun.objects.filter(name=f"{PREFIX}{site}").first()
    return _recent(run.facts, now) if run else []


@periodic(every=timedelta(days=1))
def forget_failed_pages(now: datetime) -> None:
    MaintenanceRun.objects.filter(name__startswith=PREFIX, finished_at__lt=now - RETENTION).delete()


def _write(site: int, path: str, count: int) -> None:
    now, name = timezone.now(), f"{PREFIX}{site}"
    with transaction.atomic():
        MaintenanceRun.objects.get_or_create(name=name, defaults={"finished_at": now, "is_well": False})
        run = MaintenanceRun.objects.select_for_update().get(name=name)
        known = {page.path: page for page in _recent(run.facts, now)}
        before = known.pop(path, FailedPage(path, 0, now))
        pages = [FailedPage(path, before.times + count, now), *known.values()][:MAX_PAGES]
        MaintenanceRun.note(name, False, pages=[[each.path, each.times, each.last.isoformat()] for each in pages])


def _recent(facts: dict[str, Any], now: datetime) -> list[FailedPage]:
    pages = [FailedPage(path, count, datetime.fromisoformat(last)) for path, count, last in facts.get("pages", ())]
    return [page for page in pages if page.last > now - RETENTION]


def _by_site(now: datetime) -> dict[int, int]:
    runs = MaintenanceRun.objects.filter(name__startswith=PREFIX, finished_at__gt=now - RETENTION)
    found = {int(run.name.removeprefix(PREFIX)): len(_recent(run.facts, now)) for run in runs}
    return {site: count for site, count in found.items() if count}


failure_kinds.append(
    FailureKind(
        "pages",
        gettext_lazy("Pages for readers"),
        gettext_lazy("none has failed in the last two days"),
        gettext_lazy("%(count)s failed in the last two days"),
        _by_site,
    )
)
