"""The sources of imported pages and files, so that an import can be repeated, reported and undone; and its runs."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page, Revision, Site


class ImportSource(models.Model):
    """Another site whose content is imported into a site here, in one language.

    `address` is the URL of its front page. `choices` are those of the last complete import for the terms.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    locale = models.ForeignKey(Locale, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=500)
    last_run_at = models.DateTimeField(null=True)
    choices = models.JSONField(default=dict, db_default={})

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
        """The items whose pages are below the home page. A page moved to another site is no longer changed."""
        home = self.home
        found = ImportedItem.objects.filter(source=self)
        return found.filter(page__path__startswith=home.path) if home else found.none()


class ImportedItem(models.Model):
    """An item of a source, and the page or file made from it. `key` is its number in the source, or a hash of its URL.

    `content_hash` is the hash of the item in the source. `field_hashes` are the hashes of the fields that the import
    wrote in `revision`: a field with a different hash was edited here. `notes` are pairs of a code and a detail.
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
    # The text that readers saw on the old site, for comparison.
    old_text = models.TextField(blank=True, db_default="")
    words_before = models.PositiveIntegerField(default=0)
    words_after = models.PositiveIntegerField(default=0)
    # Links to other pages of the source are still URLs.
    has_old_links = models.BooleanField(default=False)
    # It has changed both here and in the source since the last import. The local change has precedence.
    is_conflict = models.BooleanField(default=False)
    is_gone = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("imported item")
        verbose_name_plural = _("imported items")
        constraints = [models.UniqueConstraint(fields=["source", "kind", "key"], name="moving_item_once_per_source")]
        indexes = [models.Index(fields=["source", "has_old_links"], name="moving_item_with_old_links")]

    def __str__(self):
        return self.title or self.old_address


class ImportRun(models.Model):
    """An import that an administrator started in the newsroom; a background task runs it in parts.

    `facts` describe the export, `mapping` the choices for its terms; `report` is that of a dry run or of the import,
    and the point where an interrupted one resumes. `claimed_until` is set while a task runs.
    """

    class State(models.TextChoices):
        READING = "reading", _("is being read")
        PROPOSED = "proposed", _("waits for your choices")
        TRYING = "trying", _("dry run")
        IMPORTING = "importing", _("is being imported")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("imported")
        UNDOING = "undoing", _("is being taken back")
        UNDONE = "undone", _("taken back")
        FAILED = "failed", _("cannot be read")

    # The states in which a task runs.
    WORKING = (State.READING, State.TRYING, State.IMPORTING, State.UNDOING)

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    locale = models.ForeignKey(Locale, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(ImportSource, on_delete=models.SET_NULL, null=True, related_name="+")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    file = models.FileField(upload_to="imports/", max_length=255, blank=True)
    # The name of the uploaded file, or the address.
    origin = models.CharField(max_length=500)
    # The URL of the running site; with a file, that of the old site if the file lacks it.
    address = models.CharField(max_length=500, blank=True)
    # For the running site: `user:password`, encrypted; empty once it has been read.
    secret = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    facts = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    # The URL of the old uploads; if empty, the one in the export.
    media = models.CharField(max_length=500, blank=True)
    is_live = models.BooleanField(default=False)
    with_revisions = models.BooleanField(default=False, db_default=False)
    step = models.CharField(max_length=20, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    # The reason why the run stopped.
    error = models.TextField(blank=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import from another site")
        verbose_name_plural = _("imports from other sites")

    def __str__(self):
        return str(self.facts.get("title") or self.origin)

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0
