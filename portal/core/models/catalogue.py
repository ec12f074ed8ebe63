"""Catalogue records, such as topics and people: each belongs to one site, or to the whole network."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from portal.core.separation.forms import CatalogueForm


class CatalogueQuerySet(models.QuerySet["CatalogueRecord"]):
    def available_at(self, site: Site) -> Self:
        """The records that pages of a site may use: those of the site and those of the network."""
        return self.filter(Q(site=None) | Q(site=site))


class CatalogueRecord(models.Model):
    site = models.ForeignKey(
        Site,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("site"),
        help_text=_("Empty: for every site of the network."),
    )

    objects = CatalogueQuerySet.as_manager()
    base_form_class = CatalogueForm

    class Meta:
        abstract = True
