"""Imported subscriber lists, from the upload to the report."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from portal.newsletter.models.pages import NewsletterPage


class ListImportQuerySet(models.QuerySet["ListImport"]):
    def with_addresses(self) -> Self:
        return self.filter(table__isnull=False)

    def abandoned(self, before: datetime) -> Self:
        """Lists that were uploaded before this time and never imported."""
        return self.filter(state=ListImport.State.PROPOSED, created_at__lt=before)


class ListImport(models.Model):
    """A list that is imported into a newsletter.

    `table` has the `names` of the columns and the numbered `lines`; it is deleted once the list is imported. `plan` has
    the roles of the columns and the options for the lines. `refused` are pairs of a line and a reason, without
    addresses. `done` is the number of the last imported line.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for your choices")
        IMPORTING = "importing", _("is being imported")
        DONE = "done", _("imported")
        UNDOING = "undoing", _("is being taken back")
        UNDONE = "undone", _("taken back")

    # The states in which a task runs.
    WORKING = (State.IMPORTING, State.UNDOING)

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    newsletter = models.ForeignKey(NewsletterPage, on_delete=models.CASCADE, related_name="+")
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # The file name.
    name = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    table = models.JSONField(null=True)
    plan = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    refused = models.JSONField(default=list)
    done = models.PositiveIntegerField(default=0)

    objects = ListImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("imported list")
        verbose_name_plural = _("imported lists")

    def __str__(self):
        return self.name

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING
