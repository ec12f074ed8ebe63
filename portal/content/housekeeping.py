"""Periodic maintenance of the task queue and the database; loaded by `portal.content.apps`."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from wagtail.models import ModelLogEntry, PageLogEntry

from portal.content.extension_points import lasting_log_actions
from portal.content.files.missing import look_for_missing_files
from portal.content.lists.checking import check_lists, follow_privacy_rules
from portal.platform.operation.changes import compact
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.tasks.durable import BACKEND, requeue_stalled_tasks
from portal.platform.tasks.periodic import periodic

logger = logging.getLogger(__name__)


@periodic(every=timedelta(minutes=5))
def restart_interrupted_tasks(now: datetime) -> None:
    requeue_stalled_tasks(now)


@periodic(every=timedelta(seconds=15))
def follow_privacy_in_lists(now: datetime) -> None:
    follow_privacy_rules()


@periodic(every=timedelta(minutes=1))
def compact_content_versions(now: datetime) -> None:
    """Merge rows: every request reads all of them, so there must only be a few."""
    compact()


@periodic(every=timedelta(hours=1))
def refresh_table_statistics(now: datetime) -> None:
    """Refresh the statistics of SQLite's query planner. PostgreSQL does so by itself (autovacuum)."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # 0x10002: every table whose size has changed considerably.
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("PRAGMA optimize = 0x10002")


@periodic(every=timedelta(days=1))
def delete_finished_tasks(now: datetime) -> None:
    ages = ["--min-age-days", "14", "--failed-min-age-days", "90"]
    call_command("prune_db_task_results", "--backend", BACKEND, *ages, verbosity=0)


@periodic(every=timedelta(days=1))
def delete_ended_sessions(now: datetime) -> None:
    call_command("clearsessions", verbosity=0)


@periodic(every=timedelta(days=1))
def repair_lists(now: datetime) -> None:
    """Repair the lists, and log differences: they are bugs."""
    found = check_lists(repair=True)
    differences = {name: count for name, count in found.items() if count}
    MaintenanceRun.note("lists", not differences, **found)
    if differences:
        logger.error("Rows of lists differed from their pages and were rewritten: %s", differences)


@periodic(every=timedelta(days=1))
def look_for_files(now: datetime) -> None:
    if missing := look_for_missing_files():
        logger.error("Files of %d pictures or documents are missing, such as %s", len(missing), missing[0])


@periodic(every=timedelta(days=1))
def delete_old_log_entries(now: datetime) -> None:
    """Delete log entries after their retention period. Revisions still record who published what."""
    if settings.LOG_ENTRIES_DAYS:
        for model in (PageLogEntry, ModelLogEntry):
            old = model.objects.filter(timestamp__lt=now - timedelta(days=settings.LOG_ENTRIES_DAYS))
            old.exclude(action__in=lasting_log_actions).delete()
