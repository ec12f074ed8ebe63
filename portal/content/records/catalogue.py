"""Catalogue records, such as topics and people. Each belongs to one site or to the whole network."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from portal.content.separation.forms import CatalogueForm
from portal.platform.slugs import first_free, slug_of


class CatalogueQuerySet(models.QuerySet["CatalogueRecord"]):
    def available_at(self, site: Site) -> Self:
        """The records that a site's pages may use: its own and the network's."""
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


def formerly_at(slug: str) -> Q:
    """A condition: records that formerly had this slug."""
    return Q(former_slugs__contains=f" {slug} ")


LONGEST_SLUG = 80


class AddressedRecord(CatalogueRecord):
    """A catalogue record with its own page, whose URL ends in the slug.

    A slug is unique among the records available on a site. `former_slugs` has the earlier slugs, each between spaces,
    for redirects. A slug that several records have had belongs to the last of them.
    """

    # The error for a slug already in use.
    slug_is_taken: Any

    slug = models.SlugField(
        _("slug"), max_length=LONGEST_SLUG, blank=True, help_text=_("The last part of its address. Empty: the name.")
    )
    former_slugs = models.TextField(default="", blank=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.slug = self.slug or self.free_slug()
        stored = type(self)._default_manager.filter(pk=self.pk) if self.pk else type(self)._default_manager.none()
        before = stored.values_list("slug", flat=True).first()
        if before and before != self.slug and f" {before} " not in self.former_slugs:
            self.former_slugs = f"{self.former_slugs or ' '}{before} "
            if (fields := kwargs.get("update_fields")) is not None:
                kwargs["update_fields"] = {*fields, "former_slugs"}
        super().save(*args, **kwargs)
        if before != self.slug:
            self._take_over_slug()

    def _take_over_slug(self) -> None:
        """Remove the slug from other records' former slugs. A network record still has it for other sites."""
        others = self.namesakes().filter(formerly_at(self.slug))
        for other in others.filter(site=self.site) if self.site_id else others:
            other.former_slugs = other.former_slugs.replace(f" {self.slug} ", " ")
            other.save(update_fields=["former_slugs"])

    def clean(self) -> None:
        super().clean()
        self.slug = self.slug or self.free_slug()
        if self.namesakes().filter(slug=self.slug).exists():
            raise ValidationError({"slug": self.slug_is_taken})

    def namesakes(self) -> models.QuerySet[Any]:
        """Other records available on the same sites and in the same language."""
        others = type(self)._default_manager.exclude(pk=self.pk)
        return others.available_at(self.site) if self.site_id else others

    def free_slug(self) -> str:
        """The name as a slug, with a number appended if it is taken."""
        locale = getattr(self, "locale", None)
        language = locale.language_code if locale else ""
        wanted = slug_of(str(self), language, longest=LONGEST_SLUG - 4) or type(self).__name__.lower()
        return first_free(wanted, self.namesakes().filter(slug__startswith=wanted).values_list("slug", flat=True))
