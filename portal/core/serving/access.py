"""Whether any reader may see a page at a moment: it is live, neither it nor a page above has expired or is private."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from wagtail.models import Page

STEP = Page.steplen


def unexpired(now: datetime) -> Q:
    return Q(expire_at__isnull=True) | Q(expire_at__gt=now)


def closed(now: datetime) -> Q:
    """Pages that have expired; what lies below them is closed with them.

    `expired` says that the scheduler has already taken the page down. One that a person has taken down closes nothing
    below it: Wagtail asks that person whether to take down the pages below as well.
    """
    return Q(live=True, expire_at__lte=now) | Q(live=False, expired=True)


def paths_to(path: str) -> list[str]:
    """The tree paths from the root to the page with this one."""
    return [path[:end] for end in range(STEP, len(path) + 1, STEP)]


def is_open(page: Page, now: datetime) -> bool:
    """What `visible_in` and `is_visible_in` ask, for a page of any site, in one query."""
    return page.pk in open_among([page], now)


def open_among(pages: Iterable[Page], now: datetime) -> set[int]:
    """The keys of those of the pages that are open, in one query at most."""
    standing = [page for page in pages if page.live and not (page.expire_at and page.expire_at <= now)]
    if not standing:
        return set()
    shut = Q(view_restrictions__isnull=False) | closed(now)
    above = {path for page in standing for path in paths_to(page.path)}
    barred = set(Page.objects.filter(shut, path__in=above).values_list("path", flat=True))
    return {page.pk for page in standing if barred.isdisjoint(paths_to(page.path))}
