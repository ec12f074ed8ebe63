"""A site's event settings."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Page, Site

from portal.content.separation.references import SameSiteForm

RETENTION_PERIODS = [(30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("a year"))]


@register_setting(icon="date", name="event-settings")
class EventSettings(BaseSiteSetting):
    night_ends = models.PositiveSmallIntegerField(
        _("hour until which a night belongs to the evening before"),
        default=5,
        validators=[MaxValueValidator(11)],
        help_text=_("Lists and months then show a concert from 20:00 to 02:00 on one day only. 0: on both days."),
    )

    registration_retention_days = models.PositiveSmallIntegerField(
        _("registrations are deleted after"),
        choices=RETENTION_PERIODS,
        default=90,
        help_text=_("Counted from the end of the date; the form tells readers."),
    )

    base_form_class = SameSiteForm
    panels = [FieldPanel("night_ends"), FieldPanel("registration_retention_days")]

    class Meta:
        verbose_name = _("event settings")
        verbose_name_plural = _("event settings")

    def __str__(self):
        return str(self.site)

    @classmethod
    def night_ends_for(cls, page: Page) -> int:
        site = page.get_site() or Site.objects.first()
        return cls.for_site(site).night_ends if site else 0
