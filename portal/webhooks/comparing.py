"""Compares public pages with those reported before: published, corrected and taken down follow from the difference.

The comparison runs after the transaction, so that drafts, private pages and pages under embargo are never reported.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Site

from portal.content.pages.pages import PortalPage
from portal.content.publication import lock_pages
from portal.content.records.privacy import restricted_paths
from portal.content.records.settings import SiteSettings
from portal.content.visibility import addresses_below, addresses_on, is_public, public_keys
from portal.platform.tasks.durable import durable
from portal.webhooks.delivering import report
from portal.webhooks.models import EventType, ReportedPage
from portal.webhooks.payloads import Values, page_values

BATCH = 500


def sites_with_webhooks() -> Any:
    """The sites that have a webhook, active or not. Nothing is reported about a site that is closed or not yet open."""
    return Site.objects.filter(webhooks__isnull=False).exclude(pk__in=SiteSettings.undisclosed_sites()).distinct()


@durable
def compare_pages(keys: list[int]) -> None:
    for key in keys:
        _compare(key, timezone.now())


@transaction.atomic
def _compare(key: int, now: datetime) -> None:
    # Data read before the lock might be older than what a simultaneous comparison reports.
    lock_pages([key])
    page: Any = _specific(key)
    is_private = page is not None and page.path.startswith(tuple(restricted_paths()))
    is_shown = not is_private and is_reportable(page) and is_public(page, now) and not page.is_embargoed(now)
    before = {row.site_id: row for row in ReportedPage.objects.select_for_update().filter(page_key=key)}
    sites = sites_with_webhooks()
    places = list(addresses_on(page, sites)) if is_shown else []
    for site, path in places:
        row, values, correction = before.pop(site.pk, None), page_values(page, site, path), correction_of(page)
        if row is None:
            ReportedPage.objects.create(site=site, page_key=key, values=values, correction=correction)
            report(site, EventType.PUBLISHED, {"page": values}, now)
        elif row.values != values or row.correction != correction:
            is_corrected = correction and correction != row.correction
            row.values, row.correction = values, correction
            row.save()
            if is_corrected:
                words = {"correction": page.correction, "corrected_at": page.corrected_at.isoformat()}
                report(site, EventType.CORRECTED, {"page": values, **words}, now)
    for row in before.values():
        row.delete()
        # Receivers must not learn anything about a private page.
        if not is_private and (site := sites.filter(pk=row.site_id).first()):
            report(site, EventType.TAKEN_DOWN, {"page": row.values}, now)


def _specific(key: int) -> Any:
    return Page.objects.filter(pk=key).defer_streamfields().specific().first()


def is_reportable(page: Any) -> bool:
    """Whether messages may be about this page if readers can see it. Unlisted pages are not announced."""
    return isinstance(page, PortalPage) and not page.is_unlisted


def correction_of(page: Any) -> str:
    """The correction that readers see, with its time; empty if there is none."""
    corrected_at = getattr(page, "corrected_at", None)
    return f"{corrected_at.isoformat()} {page.correction}"[:340] if corrected_at else ""


def public_page_values(key: int, site: Site, now: datetime) -> Values | None:
    """What messages say about a page, or None if readers cannot see it on this site."""
    page = _specific(key)
    if not is_reportable(page) or page.path.startswith(tuple(restricted_paths())) or not is_public(page, now):
        return None
    paths = dict(addresses_on(page, Site.objects.filter(pk=site.pk)))
    return page_values(page, site, paths[site]) if site in paths else None


@durable
def record_public_pages(site_key: int) -> None:
    """Record the pages that are public before the site opens or has a webhook, so that they are not reported as new."""
    now = timezone.now()
    for site in Site.objects.filter(pk=site_key).select_related("root_page"):
        for home in site.root_page.get_translations(inclusive=True):
            here = Page.objects.live().filter(path__startswith=home.path).order_by("path").defer_streamfields()
            _record(site, home, here, now)


def _record(site: Site, home: Page, here: Any, now: datetime) -> None:
    keys = list(here.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        pages = list(here.filter(pk__in=keys[start : start + BATCH]).specific())
        _record_batch(site, home, pages, now)


def _record_batch(site: Site, home: Page, pages: list[Page], now: datetime) -> None:
    public, private = public_keys(pages, now), tuple(restricted_paths())
    shown = [page for page in pages if page.pk in public and is_reportable(page) and not page.path.startswith(private)]
    ReportedPage.objects.bulk_create(list(_rows(site, home, shown)), ignore_conflicts=True)


def _rows(site: Site, home: Page, pages: list[Page]) -> Iterable[ReportedPage]:
    # The paths come in the order of the pages.
    paths = [path for _site, path in addresses_below(home, pages, Site.objects.filter(pk=site.pk))]
    for page, path in zip(pages, paths, strict=True):
        values, correction = page_values(page, site, path), correction_of(page)
        yield ReportedPage(site=site, page_key=page.pk, values=values, correction=correction)
