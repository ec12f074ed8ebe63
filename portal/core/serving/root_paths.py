"""The home pages of all sites by which Wagtail makes addresses, in the memory of a worker for one content version.

Wagtail caches them for an hour, and clears that cache only where a site is saved.
"""

from typing import Any

from wagtail.models import Site
from wagtail.models.sites import SiteRootPath

from portal.core.operation.changes import ContentState, present_state

_known: tuple[int | None, list[SiteRootPath]] = (None, [])


def root_paths(state: ContentState | None = None) -> list[SiteRootPath]:
    """As `Site.get_site_root_paths`; `state` is that of the content if it has just been asked for."""
    global _known
    version, (known, found) = (state or present_state()).mark, _known
    if version is None or version != known:
        found = [path for site in _sites() for path in _paths_of(site)]
        _known = version, found
    return found


def _sites() -> Any:
    # The most specific first, as Wagtail has them.
    order = ("-root_page__url_path", "-is_default_site", "hostname")
    return Site.objects.select_related("root_page__locale").order_by(*order)


def _paths_of(site: Site) -> list[SiteRootPath]:
    homes = site.root_page.get_translations(inclusive=True).select_related("locale")
    return [SiteRootPath(site.pk, home.url_path, site.root_url, home.locale.language_code) for home in homes]
