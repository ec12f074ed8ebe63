"""The kinds of story."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StoryKind(models.TextChoices):
    ARTICLE = "article", _("Article")
    PORTRAIT = "portrait", _("Portrait")
    RECAP = "recap", _("Recap")
