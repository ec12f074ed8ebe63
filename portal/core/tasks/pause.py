"""After a restore the scheduler does nothing, and what waited in the backup goes on waiting, until somebody says go."""

from collections import Counter
from collections.abc import Callable

from django.db import transaction
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.core.mail import deliver
from portal.core.models import SchedulerPause
from portal.core.tasks.durable import BACKEND

# Tasks of this name are no worker's. What people ask for after the restore has the usual one, and is done at once.
PAUSED = "paused"

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


def waiting_tasks() -> dict[str, int]:
    """How many tasks of each name wait."""
    paths = DBTaskResult.objects.filter(backend_name=PAUSED).values_list("task_path", flat=True)
    return dict(Counter(path.rpartition(".")[2] for path in paths))


@transaction.atomic
def resume(*, without_mail: bool = False) -> dict[str, int]:
    """Let everything go on; return how many tasks of each name do.

    Without mail, what waited in the backup is not sent, as it may have been sent since the backup was made.
    """
    if without_mail:
        DBTaskResult.objects.filter(backend_name=PAUSED, task_path=deliver.module_path).delete()
        for withhold in withheld:
            withhold()
    found = waiting_tasks()
    DBTaskResult.objects.filter(backend_name=PAUSED).update(backend_name=BACKEND)
    SchedulerPause.objects.all().delete()
    return found
