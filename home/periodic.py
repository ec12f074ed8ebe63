"""Periodic tasks: delete messages and their files after their retention period, update the most read stories."""

from datetime import datetime, timedelta

from home.forms.records import FOLDER, LIFETIME_OF_UNSENT_FILES, FormRecord, SentFile
from home.models import HomePage
from home.most_read import update_most_read
from portal.media.stored import delete_files_without_a_row
from portal.platform.tasks.periodic import periodic


@periodic(every=timedelta(hours=6))
def delete_expired_messages(now: datetime) -> None:
    FormRecord.objects.expired(now).delete()
    SentFile.objects.expired(now).delete()


@periodic(every=timedelta(days=1))
def delete_files_without_a_record(now: datetime) -> None:
    delete_files_without_a_row(FOLDER, SentFile.objects.all(), now - LIFETIME_OF_UNSENT_FILES)


@periodic(every=timedelta(hours=1))
def choose_most_read(now: datetime) -> None:
    # Each page is loaded just before its update, because it may have changed.
    keys = list(HomePage.objects.order_by("pk").values_list("pk", flat=True))
    update_most_read((home for key in keys if (home := HomePage.objects.filter(pk=key).first())), now)
