"""The periodic task that deletes requests after their retention period."""

from datetime import datetime, timedelta

from portal.platform.tasks.periodic import periodic
from portal.sheets.models import SheetRequest


@periodic(every=timedelta(hours=6))
def delete_expired_requests(now: datetime) -> None:
    SheetRequest.objects.expired(now).delete()
