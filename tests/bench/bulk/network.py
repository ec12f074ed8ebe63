"""Creates sites and fills them evenly, to measure a network of a given size."""

from collections import Counter
from collections.abc import Callable

from django.db.models import QuerySet
from wagtail.models import Site

from home.models import HomePage
from portal.content.records.hosts import FurtherHost
from portal.content.records.listing import StoryCard
from portal.sites.creation import SiteSpec, create_site
from tests.bench.bulk.generator import ContentGenerator

STORIES_PER_EVENT = 20


def portal_sites() -> QuerySet[Site]:
    """The sites whose root page is a home page of the portal, not Wagtail's welcome page."""
    return Site.objects.filter(root_page__in=HomePage.objects.values("pk"))


def create_sites(count: int, language: str, report: Callable[[int], None] = lambda count: None) -> int:
    """Create sites at `*.localhost` until there are this many; return how many were created.

    `report` is called with 1 for each.
    """
    missing = max(0, count - portal_sites().count())
    taken = set(Site.objects.values_list("hostname", flat=True)) | set(
        FurtherHost.objects.values_list("hostname", flat=True)
    )
    number, created = 0, 0
    while created < missing:
        number += 1
        host = f"site-{number:03}.localhost"
        if host not in taken:
            create_site(SiteSpec(host=host, name=f"Site {number:03}", languages=(language,), port=80, is_open=True))
            created += 1
            report(1)
    return missing


def fill(pages: int, *, seed: int = 1, report: Callable[[int], None] = lambda count: None) -> Counter[str]:
    """Add an equal share of stories and events to each site, until each has this many on average."""
    missing = max(0, pages * portal_sites().count() - StoryCard.objects.count())
    if not missing:
        return Counter()
    events = missing // (STORIES_PER_EVENT + 1)
    return ContentGenerator(seed=seed, evenly=True, report=report).generate(missing - events, events)
