"""The content version and the marks of changes, by which every worker notices that what it remembers is out of date."""

import secrets

from django.db import models

# Of the positive numbers of the column.
BITS = 63


def new_number() -> int:
    return secrets.randbits(BITS)


class ContentVersion(models.Model):
    """One row, whose number each change of a site, a menu, a topic or a privacy rule replaces by a random one.

    A worker keeps its snapshot of all these until the number changes: one tiny query per request instead of a dozen,
    correct in every process at once, without a shared cache. No number comes twice: what a worker has read in a
    transaction that is rolled back would otherwise pass for the content of the next change.
    """

    number = models.BigIntegerField(default=0)

    def __str__(self):
        return str(self.number)

    @classmethod
    def current(cls) -> int:
        return cls.objects.values_list("number", flat=True).filter(pk=1).first() or 0

    @classmethod
    def advance(cls) -> None:
        number = new_number()
        if not cls.objects.filter(pk=1).update(number=number):
            cls.objects.get_or_create(pk=1, defaults={"number": number})


class ContentChange(models.Model):
    """A random number that triggers of the database write with each change of what readers may see.

    One row on SQLite, one for each transaction on PostgreSQL; see `portal.core.operation.changes`.
    """

    mark = models.BigIntegerField(primary_key=True)

    def __str__(self):
        return str(self.mark)
