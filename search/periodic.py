"""The periodic task of the search index."""

from datetime import datetime, timedelta

from portal.core.tasks.periodic import periodic
from search.indexing.index import index_keys
from search.models import IndexEntry


@periodic(every=timedelta(hours=1))
def refresh_running_series(now: datetime) -> None:
    """Index the running series again whose indexed date has passed, so that results show the next date."""
    running = IndexEntry.objects.filter(ends_at__gt=now, text__date__lt=now)
    index_keys(running.values_list("pk", flat=True))
