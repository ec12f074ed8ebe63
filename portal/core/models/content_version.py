"""The content version and the content mark, by which every worker notices that what it remembers is out of date."""

from django.db import connection, models

from portal.core.operation.changes import raise_mark, structure_changed


class ContentVersion(models.Model):
    """One row. `number` is counted up by each change of a site, a menu, a topic or a privacy rule.

    A worker keeps its snapshot of all these until the number changes: one tiny query per request instead of a dozen,
    correct in every process at once, without a shared cache. `mark` is another number after each change of anything
    that readers see, by which whole answers are kept (`portal.core.operation.changes`).
    """

    number = models.BigIntegerField(default=0)
    mark = models.BigIntegerField(default=0)

    def __str__(self):
        return str(self.number)

    @classmethod
    def current(cls) -> int:
        return cls.state()[0]

    @classmethod
    def state(cls) -> tuple[int, int]:
        """The number and the mark, with what this connection has changed and not committed yet."""
        if connection.connection is not None:
            raise_mark(connection)
        return cls.objects.values_list("number", "mark").filter(pk=1).first() or (0, 0)

    @staticmethod
    def advance() -> None:
        structure_changed(connection)
