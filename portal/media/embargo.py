"""The embargo of images and documents."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from wagtail.models import CollectionViewRestriction


class FileEmbargo(models.Model):
    """A file that only pages under embargo use; readers cannot fetch it before `embargoed_until`.

    `portal.editorial.schedule.embargo` sets the time; a time in the past has no effect.
    """

    embargoed_until = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)

    class Meta:
        abstract = True

    def is_embargoed(self, now: datetime) -> bool:
        return self.embargoed_until is not None and self.embargoed_until > now


class PublicFiles:
    """A queryset mixin for public files."""

    def public(self, now: datetime) -> Self:
        """The files that any reader may fetch at `now`: under no embargo and in no private collection."""
        files = self.filter(Q(embargoed_until__isnull=True) | Q(embargoed_until__lte=now))  # type: ignore[attr-defined]
        for path in CollectionViewRestriction.objects.values_list("collection__path", flat=True):
            files = files.exclude(collection__path__startswith=path)
        return files
