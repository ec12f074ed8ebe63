"""What the web server and the scheduler count, for Prometheus; nothing without the extra `metrics`.

Each process counts in a file of its own, a slot, which its successor continues. `/-/metrics` adds up the files, so all
workers respond alike.
"""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_login_failed

# The environment variable where the library looks for its folder.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
WEB, SCHEDULER = "web", "scheduler"


class Measure(NamedTuple):
    """A counter, or a histogram if it has the upper limits of its buckets in seconds."""

    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


REQUESTS, DURATION = "portal_requests_total", "portal_request_duration_seconds"
MAILS, IMPORTS, SIGN_INS, TASKS = (
    "portal_mails_total",
    "portal_imports_total",
    "portal_sign_ins_total",
    "portal_tasks_total",
)
DELAY = "portal_publication_delay_seconds"
MEASURES = {
    REQUESTS: Measure(
        "Requests by kind of page, status, state of the cache and host of the site.",
        ("kind", "status", "cache", "site"),
    ),
    DURATION: Measure(
        "Seconds until the response was ready to be sent.",
        ("kind", "cache"),
        (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    ),
    MAILS: Measure("Mails handed to the mail server, or refused by it.", ("kind", "outcome")),
    IMPORTS: Measure("Reads of subscribed calendars and runs of site imports.", ("kind", "outcome")),
    SIGN_INS: Measure("Sign-ins to the newsroom.", ("outcome",)),
    TASKS: Measure("Runs of tasks from the queue.", ("task", "outcome")),
    DELAY: Measure(
        "Seconds from the scheduled time of a page or release until readers see it.",
        ("kind",),
        (1, 2, 5, 10, 15, 30, 60, 120, 300, 900, 3600),
    ),
}

_active: dict[str, Any] = {}
# The process, its slot, and the descriptor of its lock.
_slot = (0, "", -1)


def count(name: str, **labels: str) -> None:
    if _active:
        _active[name].labels(**labels).inc()


def observe(name: str, seconds: float, **labels: str) -> None:
    if _active:
        _active[name].labels(**labels).observe(max(0.0, seconds))


def is_measuring() -> bool:
    return bool(_active)


def folder(role: str) -> Path:
    return Path(settings.DATA_DIR) / "metrics" / role


def start(role: str, *, keep: bool = False) -> None:
    """Begin to measure in this process and those forked from it, if the extra is installed.

    The files of processes that have ended are deleted, unless `keep`: their counts may have other labels.
    """
    try:
        # Most installations do not install this extra.
        import prometheus_client
        from prometheus_client import values
    except ImportError:
        return
    where = folder(role)
    where.mkdir(parents=True, exist_ok=True)
    if not keep:
        _delete_free_slots(where)
    os.environ[FOLDER] = str(where)
    values.ValueClass = values.MultiProcessValue(process_identifier=_slot_of_process)
    registry = prometheus_client.CollectorRegistry()
    for name, measure in MEASURES.items():
        kind: Any = prometheus_client.Histogram if measure.buckets else prometheus_client.Counter
        more = {"buckets": measure.buckets} if measure.buckets else {}
        _active[name] = kind(name, measure.help, measure.labels, registry=registry, **more)
    user_logged_in.connect(_signed_in, dispatch_uid="measuring")
    user_login_failed.connect(_sign_in_failed, dispatch_uid="measuring")


def files() -> list[str]:
    """The files of all processes of this machine."""
    return [str(path) for role in (WEB, SCHEDULER) for path in sorted(folder(role).glob("*.db"))]


def collected() -> Iterable[Any]:
    """The sums of all processes. Only with the extra."""
    from prometheus_client.multiprocess import MultiProcessCollector  # the same extra

    found = MultiProcessCollector.merge(files(), accumulate=True)
    return list(found)


def _slot_of_process() -> str:
    """The slot of this process: a number that no other running process has. Its lock ends with the process."""
    global _slot
    if _slot[0] == os.getpid():
        return _slot[1]
    where = Path(os.environ[FOLDER])
    number = 0
    while (lock := _lock(where / f"{number}.lock")) is None:
        number += 1
    if _slot[2] >= 0:
        # It was inherited from the parent, which still holds its lock.
        os.close(_slot[2])
    _slot = (os.getpid(), str(number), lock)
    return _slot[1]


def _lock(path: Path) -> int | None:
    """The descriptor of a lock that this process now holds; None if another one does."""
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _delete_free_slots(where: Path) -> None:
    for path in where.glob("*.lock"):
        if (lock := _lock(path)) is not None:
            for file in where.glob(f"*_{path.stem}.db"):
                file.unlink(missing_ok=True)
            os.close(lock)


def _signed_in(**kwargs: Any) -> None:
    count(SIGN_INS, outcome="ok")


def _sign_in_failed(**kwargs: Any) -> None:
    count(SIGN_INS, outcome="refused")
