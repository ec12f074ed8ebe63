"""The trash: deleted pages, which stay in the tree, and copies of deleted records, until they are restored or end."""

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection, Page, Site

# Log action.
RESTORED = "portal.restore"


class TrashedPage(models.Model):
    """A page in the trash, with all pages below it that were not in the trash already.

    `slug` is its slug outside the trash, `below` the number of pages that went with it. `live_pages` are the pages that
    readers saw: pages of this subtree, and their aliases elsewhere.
    """

    page = models.OneToOneField(Page, on_delete=models.CASCADE, related_name="trashed", verbose_name=_("page"))
    slug = models.CharField(max_length=255)
    below = models.PositiveIntegerField(default=0)
    deleted_at = models.DateTimeField(db_index=True)
    deleted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    live_pages = models.ManyToManyField(Page, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("page in the trash")
        verbose_name_plural = _("pages in the trash")

    def __str__(self):
        return str(self.page)


class DeletedRecord(models.Model):
    """A deleted topic, person, picture or document in the trash, as a copy of its rows.

    `model` is its label, `key` its primary key. `content` has the record with all rows that were deleted with it, and
    the rows that referred to it. Its `file` stays in the storage as long as this row. `was_published` says whether
    readers or reviewers saw it. A record of the whole network has no `site`; only files have a `collection` and an
    `owner`.
    """

    model = models.CharField(max_length=100)
    key = models.PositiveBigIntegerField()
    title = models.CharField(max_length=255)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, null=True, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    file = models.FileField(max_length=255, blank=True, db_index=True)
    was_published = models.BooleanField(default=False)
    content = models.JSONField()
    deleted_at = models.DateTimeField(db_index=True)
    deleted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("record in the trash")
        verbose_name_plural = _("records in the trash")
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="core_record_once_in_the_trash")]

    def __str__(self):
        return self.title

    @property
    def model_class(self) -> type[models.Model]:
        return apps.get_model(self.model)
