"""The periodic tasks: messages are deleted after their retention period, the most read stories are chosen."""

from datetime import datetime, timedelta

from home.form_pages import FormRecord
from home.models import HomePage
from home.most_read import update_most_read
from portal.core.tasks.periodic import periodic


@periodic(every=timedelta(hours=6))
def delete_expired_messages(now: datetime) -> None:
    FormRecord.objects.expired(now).delete()


@periodic(every=timedelta(hours=1))
def choose_most_read(now: datetime) -> None:
    update_most_read(HomePage.objects.order_by("pk").iterator(chunk_size=100), now)
