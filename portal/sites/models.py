"""The state of the network's hosts, as seen from the server by its own request."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _, pgettext_lazy

# Let's Encrypt's certificates are renewed 30 days before their end, so that this many days mean a failed renewal.
WARNED_BEFORE = timedelta(days=14)


class HostProblem(models.TextChoices):
    """The first step towards a page that failed."""

    NONE = "", pgettext_lazy("host", "answers")
    DNS = "dns", _("has no address in the DNS")
    CONNECTION = "connection", _("does not answer")
    CERTIFICATE = "certificate", _("has no valid certificate")


class HostStateQuerySet(models.QuerySet["HostState"]):
    def with_bad_certificate(self, now: datetime) -> Self:
        return self.filter(Q(problem=HostProblem.CERTIFICATE) | Q(certificate_until__lt=now + WARNED_BEFORE))


class HostState(models.Model):
    """The result of the last check of a main or further host."""

    hostname = models.CharField(max_length=255, unique=True)
    checked_at = models.DateTimeField()
    # Separated by spaces.
    addresses = models.TextField(blank=True)
    certificate_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=12, choices=HostProblem.choices, blank=True)

    objects = HostStateQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("state of a host")
        verbose_name_plural = _("states of hosts")

    def __str__(self):
        return self.hostname
