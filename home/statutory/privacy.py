"""The privacy notice, with purposes and periods from the portal's current settings."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from home.statutory.base import CountryPage, group, text_field
from portal.content.readers.processing import LegalGround, processing_of
from portal.content.serving.editions import edition_of


class PrivacyNoticePage(CountryPage):
    statutory = "privacy"

    controller = models.CharField(_("controller"), max_length=160, help_text=_("Who decides how the data are used."))
    controller_address = models.TextField(_("address of the controller"))
    contact_email = models.EmailField(_("e-mail for questions about data"))
    protection_officer = models.TextField(
        _("data protection officer"), blank=True, help_text=_("Name or function, and contact details.")
    )
    log_days = models.PositiveSmallIntegerField(
        _("days for which server logs are kept"),
        null=True,
        help_text=_("Ask the operator of the server; the portal itself stores no such logs."),
    )
    recipients = text_field(_("recipients"), _("Who gets the data: the hosting provider, the sender of mails."))
    authority = text_field(
        _("supervisory authority"), _("Empty: the country’s authority. In Germany, each Land has its own.")
    )

    content_panels = CountryPage.panels(
        group(_("Controller"), "controller", "controller_address", "contact_email", "protection_officer"),
        "log_days",
        "recipients",
        "authority",
    )
    template = "home/statutory/privacy.html"
    page_description = _("What happens to readers’ data: the portal fills in purposes and periods.")

    class Meta:
        verbose_name = _("privacy notice")
        verbose_name_plural = _("privacy notices")

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        purposes = processing_of(edition_of(request))
        refusal_url = next((each.refusal_url for each in purposes if each.refusal), "")
        return context | {"purposes": purposes, "refusal_url": refusal_url, "interest": LegalGround.INTEREST.label}
