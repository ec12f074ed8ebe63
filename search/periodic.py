"""The periodic tasks of search."""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings

from portal.core.models import MaintenanceRun
from portal.core.tasks.durable import durable
from portal.core.tasks.periodic import periodic
from search.indexing.checking import check
from search.indexing.index import index_keys
from search.meaning.reading import ask_for_reading, unread
from search.models import IndexEntry, LoggedQuery

logger = logging.getLogger(__name__)


@periodic(every=timedelta(hours=1))
def refresh_running_series(now: datetime) -> None:
    """Index the running series again whose indexed date has passed, so that results show the next date."""
    running = IndexEntry.objects.filter(ends_at__gt=now, text__date__lt=now)
    index_keys(running.values_list("pk", flat=True))


@periodic(every=timedelta(days=1))
def delete_old_queries(now: datetime) -> None:
    if settings.SEARCH_QUERIES_DAYS:
        last = (now - timedelta(days=settings.SEARCH_QUERIES_DAYS)).date()
        LoggedQuery.objects.filter(day__lt=last).delete()


@periodic(every=timedelta(days=1))
def repair_index(now: datetime) -> None:
    # In the queue, as publications would wait for it.
    compare_index.enqueue()


@durable
def compare_index() -> None:
    """Nothing should ever differ: what does is a fault of ours, and so is logged."""
    differences = check(repair=True)
    MaintenanceRun.note("search", not differences.total, **asdict(differences))
    if differences.total:
        logger.error("The search index differed from the pages and was repaired: %s", differences)
    ask_for_reading(unread())
