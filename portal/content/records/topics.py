"""Topics: what stories and events are about, across sections."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable, Page, TranslatableMixin
from wagtail.search import index

from portal.content.panels import CROP_HELP
from portal.content.records.catalogue import AddressedRecord


class Topic(index.Indexed, TranslatableMixin, AddressedRecord):
    slug_is_taken = _("Another topic has this word in its address.")

    name = models.CharField(_("name"), max_length=80)
    introduction = models.TextField(
        _("introduction"), max_length=400, blank=True, help_text=_("One to three sentences at the head of its page.")
    )
    picture = models.ForeignKey(
        "media.Image", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )

    panels = ["name", "slug", "introduction", FieldPanel("picture", help_text=CROP_HELP), "site"]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.FilterField("locale"),
        index.FilterField("id"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["site", "locale", "slug"], name="core_topic_slug_once_per_site"),
            models.UniqueConstraint(
                fields=["locale", "slug"], condition=models.Q(site=None), name="core_topic_slug_once_in_the_network"
            ),
        ]

    def __str__(self):
        return self.name

    def namesakes(self) -> models.QuerySet["Topic"]:
        return super().namesakes().filter(locale=self.locale_id)


class PageTopic(Orderable):
    """A topic of a page. All page types share this table, so that one query filters lists by topic."""

    page = ParentalKey(Page, on_delete=models.CASCADE, related_name="page_topics")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+", verbose_name=_("topic"))

    panels = ["topic"]

    class Meta(Orderable.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [models.UniqueConstraint(fields=["page", "topic"], name="core_pagetopic_once_per_page")]
        indexes = [models.Index(fields=["topic", "page"], name="core_pagetopic_by_topic")]

    def __str__(self):
        return str(self.topic)
