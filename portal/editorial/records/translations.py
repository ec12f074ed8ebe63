"""Which version of the original a translation is based on, and which of its passages are done."""

from django.db import models
from wagtail.models import Page, Revision


class Basis(models.Model):
    """The revision of the original that a translation is based on.

    `changes` lists what differs in later versions, as `portal.editorial.translations.changes.TextChange`. While
    `outdated_at` is empty, the changes are in the translation's draft already and still have to be translated.
    `same` and `by_machine` are marks of passages (`portal.editorial.translations.passages.states`): those that read the
    same in both languages, and those that a machine wrote and nobody has read yet. `passages` and `to_do` are the
    numbers of passages in the latest draft, and of those that are left to do.
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
