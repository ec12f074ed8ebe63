"""The base classes of the statutory pages."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from portal.content.pages.pages import PortalPage

FEATURES = ["h3", "bold", "italic", "link", "ul", "ol"]


class Country(models.TextChoices):
    """The country whose law applies to a site. Pages cite its rules and authorities."""

    FRANCE = "fr", _("France")
    GERMANY = "de", _("Germany")
    LUXEMBOURG = "lu", _("Luxembourg")
    OTHER = "other", _("another country")


def group(heading: Any, *names: str) -> MultiFieldPanel:
    return MultiFieldPanel(list(names), heading=heading)


def text_field(label: Any, help_text: Any = "") -> RichTextField:
    """A field for a few paragraphs and lists; may be empty."""
    return RichTextField(label, blank=True, features=FEATURES, help_text=help_text)


class StatutoryPage(PortalPage):
    """A page that exists only once below a home page."""

    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1

    class Meta:
        abstract = True


class CountryPage(StatutoryPage):
    """A statutory page whose text depends on the country."""

    country = models.CharField(_("country"), max_length=8, choices=Country, default=Country.FRANCE)
    further = text_field(_("further information"), _("Anything that the fields do not cover."))

    search_fields = [*Page.search_fields, index.SearchField("further")]
    served_select_related = ("locale",)

    class Meta:
        abstract = True

    @classmethod
    def panels(cls, *own: Any) -> list[Any]:
        return [*Page.content_panels, "country", *own, "further"]
