"""The last result of each backup, rehearsal or check, and whether the scheduler is paused."""

from datetime import datetime
from typing import Any

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
    """While this row exists, no periodic task starts and no task is taken from the queue."""

    since = models.DateTimeField()

    class Meta:
        app_label = "core"

    def __str__(self):
        return str(self.since)

    @classmethod
    def beginning(cls) -> datetime | None:
        """When the scheduler was paused; None if it is running."""
        return cls.objects.order_by("since").values_list("since", flat=True).first()
