"""Public visibility: a page is public if it is live and neither it nor a page above it is private or has expired."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from wagtail.models import Page

STEP = Page.steplen
# Where the home pages stand in the tree, and the length of their paths.
HOME_DEPTH = 2
HOME_LENGTH = HOME_DEPTH * STEP


def unexpired(now: datetime) -> Q:
    return Q(expire_at__isnull=True) | Q(expire_at__gt=now)


def expired(now: datetime) -> Q:
    """A condition: pages that have expired, which also hides everything below them.

    The field `expired` means that the scheduler has already unpublished the page. A page that a person has unpublished
    hides nothing below it: Wagtail asks that person whether to unpublish the pages below as well.
    """
    return Q(live=True, expire_at__lte=now) | Q(live=False, expired=True)


def paths_to(path: str) -> list[str]:
    """The tree paths from the root down to this one."""
    return [path[:end] for end in range(STEP, len(path) + 1, STEP)]


def is_public(page: Page, now: datetime) -> bool:
    """Whether any reader may see a page of any site, in at most one query."""
    return page.pk in public_keys([page], now)


def public_keys(pages: Iterable[Page], now: datetime) -> set[int]:
    """The keys of those pages that any reader may see, in at most one query."""
    live = [page for page in pages if page.live and not (page.expire_at and page.expire_at <= now)]
    if not live:
        return set()
    hidden = Q(view_restrictions__isnull=False) | expired(now)
    above = {path for page in live for path in paths_to(page.path)}
    hidden_paths = set(Page.objects.filter(hidden, path__in=above).values_list("path", flat=True))
    return {page.pk for page in live if hidden_paths.isdisjoint(paths_to(page.path))}
