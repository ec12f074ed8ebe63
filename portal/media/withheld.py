"""What images and documents have in common: a time before which they are not for strangers."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from wagtail.models import CollectionViewRestriction


class Withheld(models.Model):
    """A file that only pages under embargo use is not for strangers before its time.

    `portal.editorial.schedule.embargo` says until when; a time that has passed withholds nothing.
    """

    withheld_until = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)

    class Meta:
        abstract = True

    def is_withheld(self, now: datetime) -> bool:
        return self.withheld_until is not None and self.withheld_until > now


class Public:
    """The question that every public list of files asks."""

    def public(self, now: datetime) -> Self:
        """The files that any reader may have at `now`: under no embargo, and in no private collection."""
        files = self.filter(Q(withheld_until__isnull=True) | Q(withheld_until__lte=now))  # type: ignore[attr-defined]
        for path in CollectionViewRestriction.objects.values_list("collection__path", flat=True):
            files = files.exclude(collection__path__startswith=path)
        return files
