"""Explains the current or coming differences between an alias and its original."""

from django.utils.translation import gettext as _
from wagtail.models import Page

from portal.editorial.sharing.shares import site_of


def about_original(page: Page) -> str:
    """A sentence about an alias that is behind its original; empty for any other page.

    About an original on another site, it only has information that readers can see.
    """
    original = page.alias_of
    while original and original.alias_of_id:
        original = original.alias_of
    if original is None:
        return ""
    if not original.live:
        return _("Its original is not published, so neither is this page.")
    shown, published = page.last_published_at, original.last_published_at
    if page.live and shown and published and shown < published:
        return _("Its original was published again by one person alone. Readers see the version before that.")
    if original.has_unpublished_changes and site_of(original) == site_of(page):
        return _("Its original has changes that are not published yet.")
    return ""
