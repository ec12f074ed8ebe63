"""Receivers of signals about pages; connected in `apps`."""

from typing import Any

from django.db.models import Q
from wagtail.models import Page, PageViewRestriction

from portal.content.records.privacy import alias_paths
from portal.content.records.settings import SiteSettings
from portal.content.visibility import addresses_on
from portal.webhooks.comparing import compare_pages, record_public_pages, sites_with_webhooks
from portal.webhooks.models import ReportedPage, Webhook

# The number of pages compared by one task.
BATCH = 100


def page_published(sender: type, instance: Page, **kwargs: Any) -> None:
    if not Webhook.objects.exists():
        return
    if ReportedPage.objects.filter(page_key=instance.pk).exists():
        compare_pages.enqueue([instance.pk])
    elif any(addresses_on(instance, sites_with_webhooks())):
        # If the page had expired, the pages below it become public again, too.
        _compare_later(instance)


def subtree_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """The page and the pages below it may have been taken down or have new addresses."""
    compare_below_later(instance)


def page_shared(page: Page) -> None:
    compare_below_later(page)


def privacy_changed(sender: type, instance: PageViewRestriction, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        compare_below_later(instance.page)


def settings_changed(sender: type, instance: SiteSettings, raw: bool = False, **kwargs: Any) -> None:
    """Record the pages of a site that opens, so that they are not reported as new at their next change."""
    if raw or instance.is_closed or instance.is_unlisted:
        return
    was_open = not SiteSettings.undisclosed_sites().filter(site=instance.site_id).exists()
    if not was_open and Webhook.objects.filter(site=instance.site_id).exists():
        record_public_pages.enqueue(instance.site_id)


def compare_below_later(page: Page) -> None:
    if Webhook.objects.exists():
        _compare_later(page)


def _compare_later(page: Page) -> None:
    # An alias is as private as its original, wherever it is.
    here = Q(path__startswith=page.path) | Q(path__in=alias_paths([page.path]))
    keys = list(Page.objects.filter(here).order_by("path").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        compare_pages.enqueue(keys[start : start + BATCH])
