"""Public visibility: a page is public if it is live, and neither it nor an ancestor is private or has expired.

Pages in the trash stay at their place in the tree, but neither readers nor the newsroom see them.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from wagtail.models import Page, Site

STEP = Page.steplen
# The depth of home pages in the tree, and the length of their tree paths.
HOME_DEPTH = 2
HOME_LENGTH = HOME_DEPTH * STEP
# In the trash, a page's slug ends with this and the page's key, so that its address is free. No form accepts a tilde.
TRASH = "~trash-"


def in_trash(page: str = "") -> Q:
    """A condition: pages in the trash, and those below them. `page` is the lookup prefix, such as `event__`."""
    return Q(**{f"{page}url_path__contains": TRASH})


def is_in_trash(page: Page) -> bool:
    return TRASH in page.url_path


def unexpired(now: datetime) -> Q:
    return Q(expire_at__isnull=True) | Q(expire_at__gt=now)


def expired(now: datetime) -> Q:
    """A condition: expired pages. Expiry also hides everything below the page.

    The field `expired` means that the scheduler has already unpublished the page. If a user unpublishes a page, the
    pages below it remain visible: Wagtail lets that user choose whether to unpublish them as well.
    """
    return Q(live=True, expire_at__lte=now) | Q(live=False, expired=True)


def below(paths: Iterable[str], page: str = "") -> Q:
    """A condition: pages at or below any of these tree paths. `page` is the lookup prefix, such as `card__page__`."""
    return reduce(or_, (Q(**{f"{page}path__startswith": path}) for path in paths), Q(pk__in=[]))


def homes_of_sites(sites: Iterable[Site]) -> list[tuple[int, Page]]:
    """The home pages of these sites in every language, each with its site's primary key.

    It needs one query if the sites have their `root_page`.
    """
    by_key: dict[Any, list[int]] = {}
    for site in sites:
        by_key.setdefault(site.root_page.translation_key, []).append(site.pk)
    homes = Page.objects.filter(depth=HOME_DEPTH, translation_key__in=list(by_key)).select_related("locale")
    return [(site, home) for home in homes.order_by("path") for site in by_key[home.translation_key]]


def addresses_on(page: Page, sites: QuerySet[Site]) -> Iterator[tuple[Site, str]]:
    """The sites that a page belongs to, each with the page's URL path there, including the language."""
    for site in sites.select_related("root_page"):
        for home in site.root_page.get_translations(inclusive=True).select_related("locale"):
            if page.path.startswith(home.path):
                yield site, f"/{home.locale.language_code}/{page.url_path[len(home.url_path) :]}"


def addresses_below(top: Page, pages: Iterable[Page], sites: QuerySet[Site]) -> Iterator[tuple[Site, str]]:
    """Like `addresses_on`, for pages at or below `top`, without a query for each."""
    own = list(pages)
    for site, path in addresses_on(top, sites):
        for page in own:
            yield site, f"{path}{page.url_path[len(top.url_path) :]}"


def paths_to(path: str) -> list[str]:
    """The tree paths from the root down to this one."""
    return [path[:end] for end in range(STEP, len(path) + 1, STEP)]


def is_public(page: Page, now: datetime) -> bool:
    """Whether any reader may see a page on any site, in at most one query."""
    return page.pk in public_keys([page], now)


def public_keys(pages: Iterable[Page], now: datetime) -> set[int]:
    """The primary keys of the public pages among these, in at most one query."""
    live = [page for page in pages if page.live and not (page.expire_at and page.expire_at <= now)]
    if not live:
        return set()
    hidden = Q(view_restrictions__isnull=False) | expired(now)
    above = {path for page in live for path in paths_to(page.path)}
    hidden_paths = set(Page.objects.filter(hidden, path__in=above).values_list("path", flat=True))
    return {page.pk for page in live if hidden_paths.isdisjoint(paths_to(page.path))}
