"""The periodic task that deletes messages after their retention period."""

from datetime import datetime, timedelta

from home.form_pages import FormRecord
from portal.core.tasks.periodic import periodic


@periodic(every=timedelta(hours=6))
def delete_expired_messages(now: datetime) -> None:
    FormRecord.objects.expired(now).delete()
