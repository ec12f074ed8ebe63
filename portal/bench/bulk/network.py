"""Founds sites until a network is as large as it should be, and fills them evenly: to measure with."""

from collections import Counter
from collections.abc import Callable

from django.db.models import QuerySet
from wagtail.models import Site

from home.models import HomePage
from portal.bench.bulk.filling import ContentGenerator
from portal.core.models import StoryCard
from portal.sites.creation import SiteSpec, create_site

# One event for so many stories.
STORIES_AN_EVENT = 20


def founded_sites() -> QuerySet[Site]:
    """The sites that stand on a home page of the portal; Wagtail's welcome page is none."""
    return Site.objects.filter(root_page__in=HomePage.objects.values("pk"))


def found_sites(count: int, language: str, report: Callable[[int], None] = lambda count: None) -> int:
    """Found sites at hosts that a browser finds on this machine, until there are so many; how many were missing."""
    missing = max(0, count - founded_sites().count())
    taken = set(Site.objects.values_list("hostname", flat=True))
    number, made = 0, 0
    while made < missing:
        number += 1
        host = f"site-{number:03}.localhost"
        if host not in taken:
            create_site(SiteSpec(host=host, name=f"Site {number:03}", languages=(language,), port=80))
            made += 1
            report(1)
    return missing


def fill(pages: int, *, seed: int = 1, report: Callable[[int], None] = lambda count: None) -> Counter[str]:
    """Add stories and events until there are so many for each site on average, the same share for each."""
    missing = max(0, pages * founded_sites().count() - StoryCard.objects.count())
    if not missing:
        return Counter()
    events = missing // (STORIES_AN_EVENT + 1)
    return ContentGenerator(seed=seed, evenly=True, report=report).plant(missing - events, events)
