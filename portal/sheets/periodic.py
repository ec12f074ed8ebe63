"""What was kept for a time is deleted when the time is over."""

from datetime import datetime, timedelta

from portal.core.tasks.periodic import periodic
from portal.sheets.models import SheetRequest


@periodic(every=timedelta(hours=6))
def delete_requests_that_had_their_time(now: datetime) -> None:
    SheetRequest.objects.outlived(now).delete()
