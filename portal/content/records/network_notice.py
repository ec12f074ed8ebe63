"""The notice of the network above every page of all sites, until it ends."""

from datetime import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from portal.content.blocks.site import NoticeBlock
from portal.content.blocks.streams import PortalStreamField
from portal.content.separation.references import SameSiteForm


class NetworkNoticeQuerySet(models.QuerySet["NetworkNotice"]):
    def shown_at(self, now: datetime) -> Self:
        return self.filter(ends_at__gt=now)


@register_setting(icon="warning", name="network-notice", order=604)
class NetworkNotice(BaseGenericSetting):
    """Only network administrators have its permission: no role of a site does."""

    words = PortalStreamField(
        [("edition", NoticeBlock())],
        blank=True,
        verbose_name=_("words"),
        help_text=_("Once for each language. Pages in other languages show the first one."),
    )
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)

    base_form_class = SameSiteForm
    objects = NetworkNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice on all sites")

    def __str__(self):
        return str(self._meta.verbose_name)

    def clean(self) -> None:
        super().clean()
        if self.words and self.ends_at is None:
            raise ValidationError({"ends_at": _("Enter the day and the time at which the notice ends.")})
        if self.words and self.ends_at and self.ends_at <= timezone.now():
            text = _("This end is in the past, so nobody would see the notice. Enter a later one, or remove the words.")
            raise ValidationError({"ends_at": text})

    def in_language(self, code: str) -> dict[str, Any] | None:
        """The words in a language, or else in the first one; None if there are none."""
        values = [block.value for block in self.words if block.value["text"]]
        return next((value for value in values if value["language"] == code), next(iter(values), None))
