"""Addresses at which a page stood that was deleted: whoever comes back learns that it is gone for good."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site


class RemovedAddress(models.Model):
    """`key` stands for the path in the index, whatever its length; see `portal.core.serving.redirects`."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", verbose_name=_("site"))
    key = models.CharField(max_length=32)
    path = models.TextField()
    left_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("departed address")
        verbose_name_plural = _("departed addresses")
        constraints = [models.UniqueConstraint(fields=["site", "key"], name="core_removed_address_once_per_site")]

    def __str__(self):
        return self.path
