"""Shares: pages of one site offered to another site of the network and shown there."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site


class ShareQuerySet(models.QuerySet["Share"]):
    def waiting(self) -> Self:
        return self.filter(status=Share.Status.OFFERED)

    def due(self, now: datetime) -> Self:
        """Accepted shares whose publication date has passed but that have no alias yet."""
        return self.filter(status=Share.Status.ACCEPTED, alias=None, published_at__lte=now)


class Share(models.Model):
    """A page offered to another site, and that site's decision.

    `alias` is the page that shows it on the other site from `published_at` on; `place` is its parent.
    """

    class Status(models.TextChoices):
        OFFERED = "offered", _("offered")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="shares", verbose_name=_("page"))
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", verbose_name=_("site"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OFFERED)
    note = models.CharField(_("note"), max_length=300, blank=True)
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("offered by")
    )
    offered_at = models.DateTimeField(_("offered on"), auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    place = models.ForeignKey(Page, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("place"))
    published_at = models.DateTimeField(_("publication date"), null=True)
    alias = models.OneToOneField(Page, on_delete=models.SET_NULL, null=True, related_name="share")

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared page")
        verbose_name_plural = _("shared pages")
        constraints = [
            models.UniqueConstraint(
                fields=["page", "site"], condition=Q(status__in=["offered", "accepted"]), name="core_share_once"
            )
        ]

    def __str__(self):
        return f"{self.page} → {self.site}"
