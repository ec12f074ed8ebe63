"""The content version, by which every worker notices that its site snapshots are out of date."""

from django.db import models
from django.db.models import F


class ContentVersion(models.Model):
    """One row, incremented by each change of a site, a menu, a topic or a privacy rule.

    A worker keeps its snapshot of all these until the number changes: one tiny query per request instead of a dozen,
    correct in every process at once, without a shared cache.
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
