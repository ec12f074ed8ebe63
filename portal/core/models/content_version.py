"""The content version and the marks of changes, by which every worker notices that what it remembers is out of date."""

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


class ContentChange(models.Model):
    """A random number that triggers of the database write with each change of what readers may see.

    One row on SQLite, one for each transaction on PostgreSQL; see `portal.core.operation.changes`.
    """

    mark = models.BigIntegerField(primary_key=True)

    def __str__(self):
        return str(self.mark)
