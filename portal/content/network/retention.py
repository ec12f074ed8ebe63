"""How long the sites store what readers send: the network's periods, and which of them no site may change."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

PERIODS = [(30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("a year"))]


class NetworkRetention(models.Model):
    """One row at most. An empty period leaves the choice, and the default, to the sites."""

    registration_days = models.PositiveSmallIntegerField(
        _("registrations are deleted after"), choices=PERIODS, null=True, blank=True
    )
    locks_registration_days = models.BooleanField(
        _("no site may change the period of registrations"), default=False, db_default=False
    )
    form_days = models.PositiveSmallIntegerField(
        _("messages are deleted after"), choices=PERIODS, null=True, blank=True
    )
    locks_form_days = models.BooleanField(
        _("no site may change the period of messages"), default=False, db_default=False
    )

    class Meta:
        verbose_name = _("retention on all sites")
        verbose_name_plural = _("retention on all sites")

    def __str__(self):
        return str(self._meta.verbose_name)

    @classmethod
    def load(cls) -> Self:
        return cls.objects.order_by("pk").first() or cls()

    def default(self, name: str) -> int | None:
        days: int | None = getattr(self, name)
        return days

    def locked(self, name: str) -> int | None:
        return self.default(name) if getattr(self, f"locks_{name}") else None
