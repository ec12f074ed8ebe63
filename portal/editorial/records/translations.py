"""What a translation was made from."""

from django.db import models
from wagtail.models import Page, Revision


class Basis(models.Model):
    """The version of the original that a translation renders.

    `changes` says what differs since, text by text, as `portal.editorial.translations.changes.TextChange`; while
    `outdated_at` is empty they are in the translation's draft already and wait for somebody to render them.
    """

    translation = models.OneToOneField(Page, on_delete=models.CASCADE, primary_key=True, related_name="basis")
    source = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="renderings")
    revision = models.ForeignKey(Revision, on_delete=models.SET_NULL, null=True, related_name="+")
    outdated_at = models.DateTimeField(null=True)
    changes = models.JSONField(default=list)

    def __str__(self):
        return f"{self.translation_id} ← {self.source_id}"
