"""The housekeeping of the background work itself."""

from datetime import datetime, timedelta

from django.core.management import call_command
from django.db import connection

from portal.core.tasks.durable import BACKEND, revive
from portal.core.tasks.periodic import periodic


@periodic(every=timedelta(minutes=5))
def restart_interrupted_tasks(now: datetime) -> None:
    revive(now)


@periodic(every=timedelta(hours=1))
def refresh_table_statistics(now: datetime) -> None:
    """SQLite plans by what its tables held when somebody last let it count; PostgreSQL sees to that by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # So many rows of each index at most, and every table that has grown or shrunk much.
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("PRAGMA optimize = 0x10002")


@periodic(every=timedelta(days=1))
def delete_finished_tasks(now: datetime) -> None:
    ages = ["--min-age-days", "14", "--failed-min-age-days", "90"]
    call_command("prune_db_task_results", "--backend", BACKEND, *ages, verbosity=0)
