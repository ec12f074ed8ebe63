"""What was kept for a time is deleted when the time is over."""

from datetime import datetime, timedelta

from home.form_pages import FormRecord
from portal.core.tasks.periodic import periodic


@periodic(every=timedelta(hours=6))
def delete_messages_that_had_their_time(now: datetime) -> None:
    FormRecord.objects.outlived(now).delete()
