"""Ideas that were planned or dismissed, so that the list of ideas does not show them again."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

LONGEST_KEY = 120
# An idea that is still in its source then is shown again.
RETENTION = timedelta(days=180)


class IdeaDecisionQuerySet(models.QuerySet["IdeaDecision"]):
    def expired(self, now: datetime) -> Self:
        return self.filter(decided_at__lte=now - RETENTION)


class IdeaDecision(models.Model):
    """`source` names a registered source of ideas; `key` is the idea's key within it."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=20)
    key = models.CharField(max_length=LONGEST_KEY)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    objects = IdeaDecisionQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("decision about an idea")
        verbose_name_plural = _("decisions about ideas")
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="editorial_idea_decided_once")]

    def __str__(self):
        return f"{self.source}: {self.key}"
