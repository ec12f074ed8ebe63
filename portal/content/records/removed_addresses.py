"""URLs of deleted pages, which get 410."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site


class RemovedAddress(models.Model):
    """`key` is a hash of the path, which may be too long for an index; see `portal.content.serving.redirects`."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", verbose_name=_("site"))
    key = models.CharField(max_length=32)
    path = models.TextField()
    removed_at = models.DateTimeField(auto_now=True)
    # If the page is in the trash; restoring it deletes these rows.
    trashed = models.ForeignKey("core.TrashedPage", on_delete=models.SET_NULL, null=True, related_name="addresses")

    class Meta:
        verbose_name = _("departed address")
        verbose_name_plural = _("departed addresses")
        constraints = [models.UniqueConstraint(fields=["site", "key"], name="core_removed_address_once_per_site")]

    def __str__(self):
        return self.path
