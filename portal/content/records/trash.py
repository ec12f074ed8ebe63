"""The trash: deleted pages, which stay in the tree until they are restored or deleted for ever."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


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
