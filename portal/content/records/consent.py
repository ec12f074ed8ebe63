"""The exact consent texts that readers agreed to."""

from hashlib import sha256
from typing import Self

from django.db import models
from django.utils import timezone
from wagtail.models import Site


class ConsentVersion(models.Model):
    """One wording of a consent text. Any change creates a new version."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=12)
    text = models.TextField()
    content_hash = models.CharField(max_length=64)
    first_shown_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["site", "content_hash"], name="%(app_label)s_consent_text_once_per_site"),
        ]

    def __str__(self):
        return self.text

    @classmethod
    def version(cls, site: Site, language: str, text: str) -> Self:
        content_hash = sha256(f"{language}\n{text}".encode()).hexdigest()
        words = {"language": language, "text": text}
        return cls._default_manager.get_or_create(site=site, content_hash=content_hash, defaults=words)[0]
