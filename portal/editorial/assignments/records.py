"""What readers send and the newsroom handles: how far it is, and who is in charge."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy


class Progress(models.TextChoices):
    NEW = "new", pgettext_lazy("form message", "New")
    IN_PROGRESS = "progress", pgettext_lazy("form message", "In progress")
    DONE = "done", pgettext_lazy("form message", "Done")


class AssignedRecord(models.Model):
    status = models.CharField(
        pgettext_lazy("form message", "Status"),
        max_length=10,
        choices=Progress,
        default=Progress.NEW,
        db_default=Progress.NEW,
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("form message", "Assigned to"),
    )

    class Meta:
        abstract = True

    @property
    def log_title(self) -> str:
        """The record's name in logs, which says nothing about the reader."""
        return str(self)
