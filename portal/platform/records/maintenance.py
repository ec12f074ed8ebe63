"""The last result of each backup, rehearsal or check, and whether the scheduler is paused or nothing is saved."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils import timezone

# The name of the nightly check for missing files.
MISSING_FILES = "files"


class MaintenanceRun(models.Model):
    """The last run of one kind of maintenance. Its facts are numbers and short words for programs."""

    name = models.CharField(max_length=100, primary_key=True)
    finished_at = models.DateTimeField()
    is_well = models.BooleanField()
    facts = models.JSONField(default=dict)

    class Meta:
        app_label = "core"

    def __str__(self):
        return self.name

    @classmethod
    def note(cls, name: str, is_well: bool, /, **facts: Any) -> None:
        found = {"finished_at": timezone.now(), "is_well": is_well, "facts": facts}
        cls.objects.update_or_create(name=name, defaults=found)


class SchedulerPause(models.Model):
    """While a row exists, no periodic task starts.

    After a restore, the tasks of the backup wait as well. If the installation is read-only, no task is taken from the
    queue, and nothing that people send is saved; `why` is for them.
    """

    since = models.DateTimeField()
    is_read_only = models.BooleanField(default=False, db_default=False)
    why = models.CharField(max_length=300, default="", db_default="")

    class Meta:
        app_label = "core"

    def __str__(self):
        return str(self.since)

    @classmethod
    def beginning(cls) -> datetime | None:
        """When a restore paused the scheduler; None if none did."""
        return cls.objects.filter(is_read_only=False).order_by("since").values_list("since", flat=True).first()

    @classmethod
    def read_only(cls) -> Self | None:
        """The row that makes the installation read-only."""
        return cls.objects.filter(is_read_only=True).order_by("since").first()
