"""Links to other sites, with the result of their last check, and the public pages that have them."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

LONGEST = 500


class CheckedLinkQuerySet(models.QuerySet["CheckedLink"]):
    def due(self, now: datetime) -> Self:
        """The links to check, the longest waiting first, except links that no live page has."""
        return self.filter(next_check__lte=now, places__page__live=True).distinct().order_by("next_check", "pk")

    def broken(self) -> Self:
        return self.filter(broken_since__isnull=False)

    def unused(self) -> Self:
        return self.filter(~Q(pk__in=LinkPlace.objects.values("link")))


class CheckedLink(models.Model):
    url = models.CharField(max_length=LONGEST, unique=True)
    host = models.CharField(max_length=253, db_index=True)
    checked_at = models.DateTimeField(null=True)
    next_check = models.DateTimeField(default=timezone.now, db_index=True)
    # The status of the last response; 0 if there was none.
    status = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    # Failed checks in a row.
    failures = models.PositiveIntegerField(default=0)
    # Set once enough checks have failed, on different days.
    broken_since = models.DateTimeField(null=True, db_index=True)

    objects = CheckedLinkQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("checked link")
        verbose_name_plural = _("checked links")

    def __str__(self):
        return self.url


class LinkPlace(models.Model):
    """A public page that has a link. `path` is the content path of the link's first occurrence."""

    link = models.ForeignKey(CheckedLink, on_delete=models.CASCADE, related_name="places")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=255)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "link"], name="links_place_once_per_page")]

    def __str__(self):
        return f"{self.page_id}: {self.path}"
