"""Periodic tasks: delete messages after their retention period, update the most read stories."""

from datetime import datetime, timedelta

from home.forms.records import FormRecord, SentFile
from home.models import HomePage
from home.most_read import update_most_read
from portal.platform.tasks.periodic import periodic


@periodic(every=timedelta(hours=6))
def delete_expired_messages(now: datetime) -> None:
    FormRecord.objects.expired(now).delete()
    SentFile.objects.expired(now).delete()


@periodic(every=timedelta(hours=1))
def choose_most_read(now: datetime) -> None:
    # Each page is loaded just before its update, because it may have changed.
    keys = list(HomePage.objects.order_by("pk").values_list("pk", flat=True))
    update_most_read((home for key in keys if (home := HomePage.objects.filter(pk=key).first())), now)
