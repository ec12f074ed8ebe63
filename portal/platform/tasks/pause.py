"""After a restore the scheduler does nothing, and what waited in the backup goes on waiting, until somebody says go."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.platform.operation.keys import fingerprint_of_lasting_key
from portal.platform.records.maintenance import MaintenanceRun, SchedulerPause
from portal.platform.tasks.durable import BACKEND, sends_mail

# Tasks of this name are no worker's. What people ask for after the restore has the usual one, and is done at once.
PAUSED = "paused"
# The run that notes what was restored last.
RESTORED = "restore"


@dataclass(frozen=True)
class Resumed:
    """How many tasks of each path were dropped, and how many go on."""

    dropped: dict[str, int]
    going_on: dict[str, int]


# What an app keeps from being sent if mails are dropped; each returns how many it has kept.
withheld: list[Callable[[], int]] = []


def statements(moment: str) -> list[str]:
    """SQL that pauses a database while it is restored; `moment` is in UTC."""
    unfinished = f"'{TaskResultStatus.READY}', '{TaskResultStatus.RUNNING}'"
    # What ran when the backup was made has nobody who ends it.
    waiting = f"backend_name = '{PAUSED}', status = '{TaskResultStatus.READY}'"
    set_aside = f"SET {waiting} WHERE backend_name = '{BACKEND}' AND status IN ({unfinished})"
    return [
        f"UPDATE {DBTaskResult._meta.db_table} {set_aside}",
        "DELETE FROM core_schedulerpause",
        f"INSERT INTO core_schedulerpause (since) VALUES ('{moment}')",  # noqa: S608 - a time
    ]


def waiting_tasks() -> Counter[str]:
    """How many tasks of each path wait."""
    return Counter(DBTaskResult.objects.filter(backend_name=PAUSED).values_list("task_path", flat=True))


def is_of_another_key() -> bool:
    """Whether what was restored was made with another LASTING_KEY than this process has."""
    run = MaintenanceRun.objects.filter(name=RESTORED).first()
    return run is not None and run.facts.get("lasting_key", "") not in ("", fingerprint_of_lasting_key())


@transaction.atomic
def resume(*, without_mail: bool = False) -> Resumed:
    """Let everything go on.

    Without mail, what waited in the backup is not sent, as it may have been sent since the backup was made.
    """
    waiting = waiting_tasks()
    mailing = [path for path in waiting if without_mail and sends_mail(path)]
    if without_mail:
        DBTaskResult.objects.filter(backend_name=PAUSED, task_path__in=mailing).delete()
        for withhold in withheld:
            withhold()
    DBTaskResult.objects.filter(backend_name=PAUSED).update(backend_name=BACKEND)
    SchedulerPause.objects.all().delete()
    dropped = {path: waiting.pop(path) for path in mailing}
    return Resumed(dropped, dict(waiting))
