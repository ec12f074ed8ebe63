"""Periodic tasks that maintain the task queue and the database; loaded in `portal.core.apps`."""

from datetime import datetime, timedelta

from django.core.management import call_command
from django.db import connection

from portal.core.tasks.durable import BACKEND, requeue_stalled_tasks
from portal.core.tasks.periodic import periodic


@periodic(every=timedelta(minutes=5))
def restart_interrupted_tasks(now: datetime) -> None:
    requeue_stalled_tasks(now)


@periodic(every=timedelta(hours=1))
def refresh_table_statistics(now: datetime) -> None:
    """Refresh the statistics of SQLite's query planner; PostgreSQL does this by itself (autovacuum)."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # At most so many rows of each index; and 0x10002 means: every table whose size has changed much.
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("PRAGMA optimize = 0x10002")


@periodic(every=timedelta(days=1))
def delete_finished_tasks(now: datetime) -> None:
    ages = ["--min-age-days", "14", "--failed-min-age-days", "90"]
    call_command("prune_db_task_results", "--backend", BACKEND, *ages, verbosity=0)
