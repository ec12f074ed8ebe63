"""Periodic tasks of the links: read changed pages, check the links that are due, and read all pages once a week."""

from datetime import datetime, timedelta
from typing import Any

from wagtail.models import Page

from portal.links.checking import PRIORITY, read_links, start_checking
from portal.links.models import CheckedLink
from portal.platform.tasks.periodic import periodic

EVERY = timedelta(minutes=10)
# The number of pages that one task reads.
BATCH = 50


@periodic(every=EVERY)
def check_links(now: datetime) -> None:
    """Read the pages published since shortly before the last run, and check links that are due."""
    _read_later(Page.objects.live().filter(last_published_at__gte=now - 2 * EVERY))
    start_checking(now)


@periodic(every=timedelta(days=7))
def read_all_links(now: datetime) -> None:
    """Read all pages, including those published before this app was installed; delete links that no page has."""
    CheckedLink.objects.unused().delete()
    _read_later(Page.objects.live())


def _read_later(pages: Any) -> None:
    keys = list(pages.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        read_links.using(priority=PRIORITY).enqueue(keys[start : start + BATCH])
