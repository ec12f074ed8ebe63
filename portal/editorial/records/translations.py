"""The version of the original that a translation is based on, and the state of its passages."""

from django.db import models
from wagtail.models import Page, Revision


class Basis(models.Model):
    """The revision of the original that a translation is based on.

    `changes` lists the differences of later versions, as `portal.editorial.translations.changes.TextChange`. While
    `outdated_at` is empty, they are in the translation's draft and still have to be translated.
    `same` and `by_machine` have fingerprints of passages (`portal.editorial.translations.passages.states`): of those
    that are the same in both languages, and of machine translations that nobody has read yet. `passages` and `to_do`
    are the numbers of all passages in the latest draft and of those that are not done.
    """

    translation = models.OneToOneField(Page, on_delete=models.CASCADE, primary_key=True, related_name="basis")
    source = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="renderings")
    revision = models.ForeignKey(Revision, on_delete=models.SET_NULL, null=True, related_name="+")
    outdated_at = models.DateTimeField(null=True)
    changes = models.JSONField(default=list)
    same = models.JSONField(default=list)
    by_machine = models.JSONField(default=list)
    passages = models.PositiveIntegerField(default=0)
    to_do = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.translation_id} ← {self.source_id}"
