"""Who may see a site's figures: its newsroom, and network administrators."""

from typing import Any

from django.db.models import QuerySet
from wagtail.models import Page, Site

from portal.editorial.reader_data import reader_data_sites
from portal.editorial.sharing.shares import site_of
from portal.overrides.separation.filters import sites_worked_for


def may_see_figures(user: Any) -> bool:
    """Whether the user may see any site's figures; cached per request, for the menu."""
    return user.is_active and (user.is_superuser or bool(sites_worked_for(user)))


def sites_seen_by(user: Any) -> QuerySet[Site]:
    if not user.is_active:
        return Site.objects.none()
    sites = Site.objects.order_by("site_name", "pk")
    return sites if user.is_superuser else sites.filter(pk__in=sites_worked_for(user))


def site_of_page_seen_by(user: Any, page: Page) -> Site | None:
    """A page's site, if the user may see its figures."""
    site = site_of(page)
    return site if site is not None and sites_seen_by(user).filter(pk=site.pk).exists() else None


def may_choose_for(user: Any, site: Site) -> bool:
    """Whether the user, as its administrator, may decide whether a site counts its readers."""
    return reader_data_sites(user).filter(pk=site.pk).exists()
