"""Related stories chosen by editors."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable, Page

from portal.content.panels import StoryChooserPanel


class RelatedStory(Orderable):
    page = ParentalKey(Page, on_delete=models.CASCADE, related_name="related_stories")
    story = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+", verbose_name=_("story"))

    panels = [
        StoryChooserPanel("story"),
    ]

    class Meta(Orderable.Meta):
        app_label = "core"
        verbose_name = _("related story")
        verbose_name_plural = _("related stories")

    def __str__(self):
        return str(self.story)
