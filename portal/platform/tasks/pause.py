"""Pauses the scheduler and restored tasks after a restore, until `manage.py resume`."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.platform.operation.keys import fingerprint_of_lasting_key
from portal.platform.records.maintenance import MaintenanceRun, SchedulerPause
from portal.platform.tasks.durable import BACKEND, sends_mail

# Workers take no tasks from this backend. Tasks enqueued after the restore use the normal backend and run.
PAUSED = "paused"
# The name of the run that records the last restore.
RESTORED = "restore"


@dataclass(frozen=True)
class Resumed:
    """The number of tasks discarded and the number resumed, by task path."""

    dropped: dict[str, int]
    continued: dict[str, int]


# Functions called when emails are discarded. Each stops an app's messages and returns their number.
withheld: list[Callable[[], int]] = []


def statements(since: str) -> list[str]:
    """SQL that pauses a database while it is being restored; `since` is in UTC."""
    unfinished = f"'{TaskResultStatus.READY}', '{TaskResultStatus.RUNNING}'"
    # The workers of the tasks that ran during the backup no longer exist.
    waiting = f"backend_name = '{PAUSED}', status = '{TaskResultStatus.READY}'"
    set_aside = f"SET {waiting} WHERE backend_name = '{BACKEND}' AND status IN ({unfinished})"
    return [
        f"UPDATE {DBTaskResult._meta.db_table} {set_aside}",
        "DELETE FROM core_schedulerpause",
        f"INSERT INTO core_schedulerpause (since) VALUES ('{since}')",  # noqa: S608 - a time
    ]


def waiting_tasks() -> Counter[str]:
    return Counter(DBTaskResult.objects.filter(backend_name=PAUSED).values_list("task_path", flat=True))


def has_another_key() -> bool:
    """Whether the restored backup was made with a LASTING_KEY other than this process's."""
    run = MaintenanceRun.objects.filter(name=RESTORED).first()
    return run is not None and run.facts.get("lasting_key", "") not in ("", fingerprint_of_lasting_key())


@transaction.atomic
def resume(*, without_mail: bool = False) -> Resumed:
    """End the pause. `without_mail` discards the backup's emails, which may have been sent since it was made."""
    waiting = waiting_tasks()
    mailing = [path for path in waiting if without_mail and sends_mail(path)]
    if without_mail:
        DBTaskResult.objects.filter(backend_name=PAUSED, task_path__in=mailing).delete()
        for withhold in withheld:
            withhold()
    DBTaskResult.objects.filter(backend_name=PAUSED).update(backend_name=BACKEND)
    SchedulerPause.objects.filter(is_read_only=False).delete()
    dropped = {path: waiting.pop(path) for path in mailing}
    return Resumed(dropped, dict(waiting))
