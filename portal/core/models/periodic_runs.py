"""When each periodic task of the portal was last seen to."""

from django.db import models


class PeriodicRun(models.Model):
    name = models.CharField(max_length=200, primary_key=True)
    begun_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True)

    def __str__(self):
        return self.name
