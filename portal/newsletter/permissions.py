"""Permissions for newsletters. Every view, menu item and button of the newsletter uses these rules.

The administrators of a site manage its subscribers and sendings. Other roles do not see readers' addresses.
"""

from typing import Any

from django.db.models import QuerySet
from wagtail.models import Site

from portal.editorial.reader_data import in_sites, may_read_reader_data, reader_data_sites
from portal.newsletter.models import NewsletterPage, Sending


def may_manage(user: Any, site: Site) -> bool:
    return reader_data_sites(user).filter(pk=site.pk).exists()


def newsletters_managed_by(user: Any) -> QuerySet[NewsletterPage]:
    if not may_read_reader_data(user):
        return NewsletterPage.objects.none()
    return NewsletterPage.objects.filter(in_sites(reader_data_sites(user)))


def newsletters_of(user: Any) -> list[NewsletterPage]:
    """The newsletters for which the user may write issues. They may also see the reports, which have no addresses."""
    pages = list(NewsletterPage.objects.select_related("locale").order_by("path"))
    managed = set(newsletters_managed_by(user).values_list("pk", flat=True)) if pages else set()
    return [page for page in pages if page.pk in managed or page.permissions_for_user(user).can_add_subpage()]


def may_see(user: Any, sending: Sending) -> bool:
    return sending.newsletter_id in {newsletter.pk for newsletter in newsletters_of(user)}
