"""Where imported pages and files come from, so that an import can be repeated, reported and undone."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page, Revision, Site


class ImportSource(models.Model):
    """A site elsewhere whose content comes to a site here, in one language. `address` is that of its front page."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    locale = models.ForeignKey(Locale, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=500)
    last_run_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("source of an import")
        verbose_name_plural = _("sources of imports")
        constraints = [
            models.UniqueConstraint(fields=["site", "locale", "address"], name="moving_source_once_per_edition")
        ]

    def __str__(self):
        return self.address

    @property
    def home(self) -> Page | None:
        """The home page of the edition; None if the site has none in this language."""
        return self.site.root_page.get_translations(inclusive=True).filter(locale=self.locale).first()

    def items_here(self) -> "models.QuerySet[ImportedItem]":
        """The items whose pages stand below the home page; one that was moved to another site is no longer touched."""
        home = self.home
        found = ImportedItem.objects.filter(source=self)
        return found.filter(page__path__startswith=home.path) if home else found.none()


class ImportedItem(models.Model):
    """One thing of a source, and what it became.

    `key` is its number there, or a hash of its address. `content_hash` is that of the source, `field_hashes` are those
    of the page as the import wrote it in `revision`: what differs from them was edited here. `notes` are pairs of a
    code and a detail.
    """

    class Kind(models.TextChoices):
        PAGE = "page"
        FILE = "file"
        REDIRECT = "redirect"
        PLACE = "place"

    source = models.ForeignKey(ImportSource, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=8, choices=Kind)
    key = models.CharField(max_length=64)
    title = models.CharField(max_length=255, blank=True)
    old_address = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    page = models.ForeignKey(Page, on_delete=models.SET_NULL, null=True, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.SET_NULL, null=True, related_name="+")
    image = models.ForeignKey("media.Image", on_delete=models.SET_NULL, null=True, related_name="+")
    document = models.ForeignKey("media.Document", on_delete=models.SET_NULL, null=True, related_name="+")
    field_hashes = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    words_before = models.PositiveIntegerField(default=0)
    words_after = models.PositiveIntegerField(default=0)
    # Links to other pages of the source are still addresses.
    has_old_links = models.BooleanField(default=False)
    # Both sides changed it since the last import: what was changed here stayed.
    is_conflict = models.BooleanField(default=False)
    is_gone = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("imported item")
        verbose_name_plural = _("imported items")
        constraints = [models.UniqueConstraint(fields=["source", "kind", "key"], name="moving_item_once_per_source")]
        indexes = [models.Index(fields=["source", "has_old_links"], name="moving_item_with_old_links")]

    def __str__(self):
        return self.title or self.old_address
