"""The stamp that tells every worker when what surrounds the pages has changed."""

from django.db import models
from django.db.models import F


class ContentVersion(models.Model):
    """One row, counted up by each change of a site, a menu, a topic or a privacy rule.

    A worker keeps its snapshot of all these as long as the number stays: one tiny query a request
    instead of a dozen, right in every process at once, without a shared cache.
    """

    number = models.BigIntegerField(default=0)

    def __str__(self):
        return str(self.number)

    @classmethod
    def current(cls) -> int:
        return cls.objects.values_list("number", flat=True).filter(pk=1).first() or 0

    @classmethod
    def advance(cls) -> None:
        if not cls.objects.filter(pk=1).update(number=F("number") + 1):
            cls.objects.get_or_create(pk=1, defaults={"number": 1})
