"""The legal notice (in France: LCEN, article 1-1; in Germany: § 5 DDG and § 18 MStV)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldRowPanel, MultiFieldPanel

from home.statutory.base import CountryPage, group


class LegalNoticePage(CountryPage):
    """The publisher, the person responsible for the content, and the host of the site."""

    statutory = "legal"

    publisher = models.CharField(_("publisher"), max_length=160, help_text=_("Name and legal form."))
    publisher_address = models.TextField(_("address of the publisher"))
    represented_by = models.CharField(
        _("represented by"), max_length=160, blank=True, help_text=_("Required in Germany.")
    )
    register = models.CharField(
        _("register and number"), max_length=160, blank=True, help_text=_("Trade or association register, capital.")
    )
    vat_number = models.CharField(_("VAT number"), max_length=40, blank=True)
    contact_email = models.EmailField(_("e-mail"))
    contact_phone = models.CharField(_("telephone"), max_length=40, blank=True, help_text=_("Required in France."))
    director = models.CharField(
        _("responsible for the content"),
        max_length=160,
        help_text=_("In France the director of the publication; in Germany a person with an address."),
    )
    host_name = models.CharField(_("hosting provider"), max_length=160, blank=True, help_text=_("Required in France."))
    host_address = models.TextField(_("address of the hosting provider"), blank=True)
    host_phone = models.CharField(_("telephone of the hosting provider"), max_length=40, blank=True)

    content_panels = CountryPage.panels(
        MultiFieldPanel(
            [
                "publisher",
                "publisher_address",
                FieldRowPanel(["represented_by", "register", "vat_number"]),
                FieldRowPanel(["contact_email", "contact_phone"]),
            ],
            heading=_("Publisher"),
        ),
        "director",
        group(_("Hosting"), "host_name", "host_address", "host_phone"),
    )
    template = "home/statutory/legal.html"
    page_description = _("Who publishes the site, who is responsible for its content, who hosts it.")

    class Meta:
        verbose_name = _("legal notice")
        verbose_name_plural = _("legal notices")
