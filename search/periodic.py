"""The periodic tasks of search."""

from datetime import datetime, timedelta

from django.conf import settings

from portal.core.tasks.periodic import periodic
from search.indexing.index import index_keys
from search.models import IndexEntry, LoggedQuery


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
