"""A site's search settings: weights, synonyms and promoted pages."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from portal.content.blocks.streams import PortalStreamField
from portal.content.separation.references import SameSiteForm
from portal.platform.languages import language_choices


class SynonymsBlock(blocks.StructBlock):
    language = blocks.ChoiceBlock(label=_("Language"), choices=language_choices)
    words = blocks.ListBlock(
        blocks.CharBlock(label=_("Word or phrase"), max_length=80), label=_("Words that mean the same"), min_num=2
    )

    class Meta:
        icon = "tag"
        label = _("Synonyms")
        label_format = "{words}"


class PromotionBlock(blocks.StructBlock):
    language = blocks.ChoiceBlock(label=_("Language"), choices=language_choices)
    queries = blocks.ListBlock(
        blocks.CharBlock(label=_("What readers search for"), max_length=80),
        label=_("What readers search for"),
        min_num=1,
    )
    page = blocks.PageChooserBlock(label=_("Page shown first"))

    class Meta:
        icon = "pick"
        label = _("Promotion")
        label_format = "{queries}"


@register_setting(icon="search", name="search-settings")
class SearchSettings(BaseSiteSetting):
    prefers_new = models.BooleanField(
        _("prefer newer pages"),
        default=False,
        db_default=False,
        help_text=_("Of pages that match about equally well, the newer ones come first."),
    )
    synonyms = PortalStreamField(
        [("synonyms", SynonymsBlock())],
        blank=True,
        verbose_name=_("synonyms"),
        help_text=_("A search for one of them also finds the others."),
    )
    promotions = PortalStreamField(
        [("promotion", PromotionBlock())],
        blank=True,
        verbose_name=_("promotions"),
        help_text=_("Pages shown above the results of certain queries."),
    )

    base_form_class = SameSiteForm
    panels = [FieldPanel("prefers_new"), FieldPanel("synonyms"), FieldPanel("promotions")]

    class Meta:
        verbose_name = _("search")
        verbose_name_plural = _("search")

    def __str__(self) -> str:
        return str(self.site)
