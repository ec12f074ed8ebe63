"""A site's event settings."""

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Page, Site

from portal.content.network.retention import PERIODS, NetworkRetention
from portal.content.network.rules import LockedRetentionForm, in_force, retention_panels
from portal.content.separation.references import SameSiteForm


class EventSettingsForm(LockedRetentionForm, SameSiteForm):
    network_retention: ClassVar[dict[str, str]] = {
        "registration_retention_days": "registration_days",
        "follows_network": "registration_days",
    }


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
        choices=PERIODS,
        default=90,
        help_text=_("Counted from the end of the date; the form tells readers."),
    )

    # During an upgrade, the previous version still runs and does not set this column.
    follows_network = models.BooleanField(
        _("the period of all sites, where there is one"),
        default=True,
        db_default=True,
        help_text=_("Off: the period above counts for this site."),
    )

    base_form_class = EventSettingsForm
    panels = [
        FieldPanel("night_ends"),
        *retention_panels("registration_retention_days", "registration_days"),
        FieldPanel("follows_network"),
    ]

    class Meta:
        verbose_name = _("event settings")
        verbose_name_plural = _("event settings")

    def __str__(self):
        return str(self.site)

    @property
    def registration_days(self) -> int:
        """The days after which registrations are deleted: the site's own or those of all sites."""
        network = NetworkRetention.load()
        own = None if self.follows_network else self.registration_retention_days
        is_locked = network.locks_registration_days
        return in_force(own, network.registration_days, is_locked=is_locked) or self.registration_retention_days

    @classmethod
    def night_ends_for(cls, page: Page) -> int:
        site = page.get_site() or Site.objects.first()
        return cls.for_site(site).night_ends if site else 0
