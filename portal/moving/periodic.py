"""The periodic task that deletes uploaded exports, which contain people's addresses and comments."""

from datetime import datetime, timedelta

from django.core.files.storage import default_storage

from portal.media.stored import names_in
from portal.moving.models import ImportRun
from portal.platform.tasks.periodic import periodic

RETENTION = timedelta(days=30)
FOLDER = "imports"


@periodic(every=timedelta(hours=12))
def delete_old_exports(now: datetime) -> None:
    """Delete files after their retention, and files without a run, such as those of a deleted site."""
    old = ImportRun.objects.filter(started_at__lt=now - RETENTION).exclude(file="")
    old.exclude(state__in=ImportRun.WORKING).update(file="")
    known = set(ImportRun.objects.exclude(file="").values_list("file", flat=True))
    for name in names_in(default_storage, FOLDER):
        path = f"{FOLDER}/{name}"
        # A file is stored shortly before its run.
        if path not in known and default_storage.get_modified_time(path) < now - timedelta(days=1):
            default_storage.delete(path)
