"""The content version, from which every worker learns that its cached responses are stale."""

from django.db import models


class ContentChange(models.Model):
    """A random number that database triggers replace whenever public content changes.

    One row on SQLite, one per transaction on PostgreSQL; see `portal.platform.operation.changes`.
    """

    mark = models.BigIntegerField(primary_key=True)

    class Meta:
        app_label = "core"

    def __str__(self):
        return str(self.mark)
