"""What a result can be."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.kinds import StoryKind


class ResultKind(models.TextChoices):
    """The kinds of story under their own names, and what else can be found."""

    ARTICLE = StoryKind.ARTICLE.value, StoryKind.ARTICLE.label
    PORTRAIT = StoryKind.PORTRAIT.value, StoryKind.PORTRAIT.label
    RECAP = StoryKind.RECAP.value, StoryKind.RECAP.label
    EVENT = "event", _("Event")
    SECTION = "section", _("Section")
    PAGE = "page", _("Page")
