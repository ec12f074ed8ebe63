"""Periodic tasks of search."""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.tasks.durable import durable
from portal.platform.tasks.periodic import periodic
from search.indexes import DRAFTS
from search.indexing.checking import check, has_outdated_analysis
from search.indexing.file_tasks import read_file
from search.indexing.files import outdated_texts
from search.indexing.index import index_keys
from search.meaning.reading import enqueue_reading, unread
from search.models import IndexEntry, LoggedQuery

# After an upgrade, files are queued in small numbers, because emails share the queue.
READ_AT_ONCE = 50

logger = logging.getLogger(__name__)


@periodic(every=timedelta(hours=1))
def refresh_running_series(now: datetime) -> None:
    """Reindex running series whose indexed date has passed, so that results show the next date."""
    running = IndexEntry.objects.filter(ends_at__gt=now, text__date__lt=now)
    index_keys(running.values_list("pk", flat=True))


@periodic(every=timedelta(days=1))
def delete_old_queries(now: datetime) -> None:
    if settings.SEARCH_QUERIES_DAYS:
        last = (now - timedelta(days=settings.SEARCH_QUERIES_DAYS)).date()
        LoggedQuery.objects.filter(day__lt=last).delete()


@periodic(every=timedelta(days=1))
def repair_index(now: datetime) -> None:
    # This is queued, because publications would otherwise wait for it.
    compare_index.enqueue()


@periodic(every=timedelta(minutes=1))
def follow_analysis(now: datetime) -> None:
    """Rewrite the index after an upgrade that changes the analysis."""
    if has_outdated_analysis() and not _waiting(compare_index).exists():
        compare_index.enqueue()


@periodic(every=timedelta(minutes=1))
def follow_reading(now: datetime) -> None:
    """Reread files, a few at a time, after an upgrade that extracts different text."""
    texts = outdated_texts()
    if texts.exists():
        waiting = {call["args"][0] for call in _waiting(read_file).values_list("args_kwargs", flat=True)}
        unread = texts.exclude(pk__in=waiting).values_list("pk", flat=True)
        for key in unread[: max(READ_AT_ONCE - len(waiting), 0)]:
            read_file.enqueue(key)


def _waiting(task: Any) -> Any:
    waiting = [TaskResultStatus.READY, TaskResultStatus.RUNNING]
    return DBTaskResult.objects.filter(task_path=task.module_path, status__in=waiting)


@durable
def compare_index() -> None:
    """Repair the index. Unless they follow an upgrade, differences are bugs and are logged."""
    is_upgraded = has_outdated_analysis()
    differences = check(repair=True)
    of_drafts = check(DRAFTS, repair=True)
    total = differences.total + of_drafts.total
    drafts = {f"{name}_drafts": number for name, number in asdict(of_drafts).items()}
    MaintenanceRun.note("search", is_upgraded or not total, **asdict(differences), **drafts)
    if total and not is_upgraded:
        logger.error(
            "The search index differed from the pages and was repaired: %s; drafts: %s", differences, of_drafts
        )
    enqueue_reading(unread())
