"""The public pages that sitemaps leave out."""

from django.db import models
from wagtail.models import Page


class UnindexedPage(models.Model):
    """A page whose published version is hidden from search engines, or has its original elsewhere.

    Written by each publication, so that sitemaps need not read every type of page.
    """

    page = models.OneToOneField(Page, on_delete=models.CASCADE, primary_key=True, related_name="+")

    wagtail_reference_index_ignore = True

    def __str__(self):
        return str(self.page_id)
