"""The version of the original that a translation is based on, and the state of its passages."""

from typing import Any

from django.db import models
from wagtail.models import Page, Revision

from portal.content.shown import cached_while_shown
from portal.content.visibility import in_trash


class Basis(models.Model):
    """The revision of the original that a translation is based on."""

    translation = models.OneToOneField(Page, on_delete=models.CASCADE, primary_key=True, related_name="basis")
    source = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="renderings")
    revision = models.ForeignKey(Revision, on_delete=models.SET_NULL, null=True, related_name="+")
    # While this is empty, `changes` are in the translation's draft and still need translating.
    outdated_at = models.DateTimeField(null=True)
    # The differences in later versions, as `portal.editorial.translations.changes.TextChange`.
    changes = models.JSONField(default=list)
    # Fingerprints (`passages.states`) of passages that may be the same in both languages.
    same = models.JSONField(default=list)
    # Fingerprints of machine translations that nobody has checked yet.
    by_machine = models.JSONField(default=list)
    # The number of passages in the latest draft, and of those not done.
    passages = models.PositiveIntegerField(default=0)
    to_do = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.translation_id} ← {self.source_id}"


def versions_of(page: Any) -> list[Page]:
    """The page's versions in other languages, except aliases. Does not load the content of their drafts."""
    versions = page.get_translations().filter(~in_trash(), alias_of=None).select_related("locale", "latest_revision")
    return cached_while_shown(page, "versions", lambda: list(versions.defer("latest_revision__content").order_by("pk")))
