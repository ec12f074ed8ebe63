"""Topics: what stories and events are about, across sections."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable, Page, TranslatableMixin
from wagtail.search import index

from portal.core.models.catalogue import CatalogueRecord


class Topic(index.Indexed, TranslatableMixin, CatalogueRecord):
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("slug"), max_length=80, help_text=_("The word for this topic in addresses."))

    panels = [FieldPanel("name"), FieldPanel("slug"), FieldPanel("site")]
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

    def clean(self):
        super().clean()
        # A slug must be unique on each site, which offers the topics of the network beside its own.
        others = Topic.objects.filter(locale=self.locale_id, slug=self.slug).exclude(pk=self.pk)
        if self.site_id:
            others = others.available_at(self.site)
        if others.exists():
            raise ValidationError({"slug": _("Another topic has this word in its address.")})


class PageTopic(Orderable):
    """A topic of a page; one table for all page types, so that one query filters lists by topic."""

    page = ParentalKey(Page, on_delete=models.CASCADE, related_name="page_topics")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+", verbose_name=_("topic"))

    panels = [FieldPanel("topic")]

    class Meta(Orderable.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [models.UniqueConstraint(fields=["page", "topic"], name="core_pagetopic_once_per_page")]
        indexes = [models.Index(fields=["topic", "page"], name="core_pagetopic_by_topic")]

    def __str__(self):
        return str(self.topic)
