"""When each periodic task last ran, and whether it failed."""

from django.db import models


class PeriodicRun(models.Model):
    name = models.CharField(max_length=200, primary_key=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True)

    class Meta:
        app_label = "core"

    def __str__(self):
        return self.name
