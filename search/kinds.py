"""The kinds of results."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.content.kinds import StoryKind


class ResultKind(models.TextChoices):
    """The kinds of stories, events, sections and other pages."""

    ARTICLE = StoryKind.ARTICLE.value, StoryKind.ARTICLE.label
    PORTRAIT = StoryKind.PORTRAIT.value, StoryKind.PORTRAIT.label
    RECAP = StoryKind.RECAP.value, StoryKind.RECAP.label
    EVENT = "event", _("Event")
    SECTION = "section", _("Section")
    PAGE = "page", _("Page")
