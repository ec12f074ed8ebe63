"""What the index needs as time goes by."""

from datetime import datetime, timedelta

from portal.core.tasks.periodic import periodic
from search.indexing.index import index_some
from search.models import IndexEntry


@periodic(every=timedelta(hours=1))
def go_on_with_series(now: datetime) -> None:
    """A series is found with its next date, which another one is after each."""
    running = IndexEntry.objects.filter(ends_at__gt=now, text__date__lt=now)
    index_some(running.values_list("pk", flat=True))
