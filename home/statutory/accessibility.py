"""The accessibility statement (Directive (EU) 2016/2102; in France RGAA, in Germany BITV, in Luxembourg RAWeb)."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldRowPanel, MultiFieldPanel

from home.statutory.base import Country, CountryPage, group, text_field
from portal.content.serving.editions import edition_of

STANDARDS = {
    Country.FRANCE: "RGAA 4.1",
    Country.GERMANY: "BITV 2.0 (EN 301 549)",
    Country.LUXEMBOURG: "RAWeb 1 (EN 301 549)",
    Country.OTHER: "EN 301 549",
}


class Compliance(models.TextChoices):
    NOT = "not", _("not compliant")
    PARTIAL = "partial", _("partially compliant")
    FULL = "full", _("fully compliant")


FOOTER_LABELS = {
    Compliance.NOT: _("Accessibility: not compliant"),
    Compliance.PARTIAL: _("Accessibility: partially compliant"),
    Compliance.FULL: _("Accessibility: fully compliant"),
}


class AccessibilityStatementPage(CountryPage):
    """The state of accessibility, the audit that assessed it, and a contact."""

    statutory = "accessibility"

    organisation = models.CharField(
        _("organisation"), max_length=160, help_text=_("Who is responsible for the site and makes this statement.")
    )
    compliance = models.CharField(
        _("state of compliance"),
        max_length=8,
        choices=Compliance,
        default=Compliance.NOT,
        help_text=_("Without an audit, a site is not compliant. The footer of every page shows the state."),
    )
    share_met = models.PositiveSmallIntegerField(
        _("criteria met, in %"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    audited_on = models.DateField(_("audited on"), null=True, blank=True)
    audited_by = models.CharField(_("audited by"), max_length=160, blank=True)
    failures = text_field(_("what is not accessible"), _("Each failure, and what a reader can do instead."))
    disproportionate = text_field(_("disproportionate burden"), _("What you left out for that reason, and why."))
    exempt = text_field(_("content out of scope"), _("Such as live broadcasts, archives, third-party content."))
    technologies = models.CharField(_("technologies"), max_length=250, blank=True)
    environments = text_field(_("test environments"), _("Screen readers and browsers that the site was tested with."))
    tools = models.CharField(_("test tools"), max_length=250, blank=True)
    pages_tested = text_field(_("pages tested"))
    contact_email = models.EmailField(_("e-mail for accessibility"))
    contact_page = models.ForeignKey(
        "wagtailcore.Page",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contact form"),
    )
    complaint = text_field(_("how to complain"), _("Empty: the country’s body. In Germany, each Land has its own."))
    plan_url = models.URLField(
        _("multi-year plan"), blank=True, help_text=_("In France: the address of the plan for several years.")
    )
    made_on = models.DateField(_("statement made on"), null=True)

    content_panels = CountryPage.panels(
        "organisation",
        MultiFieldPanel(
            ["compliance", FieldRowPanel(["share_met", "audited_on", "audited_by"])], heading=_("Compliance")
        ),
        group(_("Content that is not accessible"), "failures", "disproportionate", "exempt"),
        group(_("How this statement was made"), "technologies", "environments", "tools", "pages_tested", "made_on"),
        group(_("Contact and complaints"), "contact_email", "contact_page", "complaint", "plan_url"),
    )
    template = "home/statutory/accessibility.html"
    page_description = _("How accessible the site is, and whom to contact. The footer of every page shows it.")

    class Meta:
        verbose_name = _("accessibility statement")
        verbose_name_plural = _("accessibility statements")

    @property
    def footer_label(self) -> Any:
        return FOOTER_LABELS[Compliance(self.compliance)]

    @property
    def standard(self) -> str:
        return STANDARDS[Country(self.country)]

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        context, edition = super().get_context(request, *args, **kwargs), edition_of(request)
        contact = self.contact_page
        if contact and not (contact.live and contact.path.startswith(edition.home.path)):
            contact = None
        return context | {"contact": contact if contact and not edition.is_private(contact.path) else None}
