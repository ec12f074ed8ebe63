"""Changes of published records without drafts, stored until the site's approvers are notified."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site


class PublicChange(models.Model):
    """A change not yet emailed. `model` is the label of the changed record's model."""

    class Kind(models.TextChoices):
        CREATED = "created", _("made")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    model = models.CharField(max_length=100)
    title = models.CharField(max_length=255)
    kind = models.CharField(max_length=7, choices=Kind)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("change of what readers see")
        verbose_name_plural = _("changes of what readers see")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.title}: {self.get_kind_display()}"
