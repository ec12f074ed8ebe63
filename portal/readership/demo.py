"""Invented views of the demo network in the last weeks, so that reports have figures."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from wagtail.models import Page, Site

from portal.content.visibility import HOME_DEPTH
from portal.readership.counting.counter import QUARTER, Counted, View
from portal.readership.counting.headers import (
    DESKTOP,
    DIRECT,
    INSIDE,
    NEWSLETTER,
    OTHER,
    PHONE,
    SEARCH,
    SOCIAL,
    TABLET,
)
from portal.readership.newsroom.figures import pages_of
from portal.readership.writing import write

DAYS = 42
SOURCES = {DIRECT: 30, SEARCH: 28, INSIDE: 18, SOCIAL: 12, NEWSLETTER: 9, OTHER: 3}
DEVICES = {PHONE: 58, DESKTOP: 36, TABLET: 6}
# People read on their way to work, at noon and in the evening.
HOURS = {7: 12, 8: 10, 9: 6, 10: 5, 12: 11, 13: 9, 15: 4, 17: 6, 18: 8, 19: 9, 20: 12, 21: 8}
SATURDAY = 5
# A day's views form this many groups, each with one source, device and quarter of an hour.
GROUPS = 5


def load_demo(site: Site, now: datetime) -> None:
    """Write the views of all published pages of the site. The same day always gives the same views."""
    host, home = f"{site.hostname}:{site.port}", site.root_page
    counted: Counter[Counted] = Counter()
    for page in pages_of(site).filter(live=True):
        # Most people read in the region's language.
        share = 1 if page.locale_id == home.locale_id else 0.25
        _add_views(counted, page, host, page.relative_url(site), now, share)
    write(counted)


def _add_views(counted: Counter[Counted], page: Page, host: str, path: str, now: datetime, share: float) -> None:
    chance = Random(page.url_path)  # noqa: S311
    published = page.first_published_at or now
    best = chance.randint(40, 160)
    # The front page is read every day.
    least = 1 if page.depth == HOME_DEPTH else 0
    for days in range(1, DAYS + 1):
        day = now - timedelta(days=days)
        age = (day - published).days
        if age < 0:
            break
        # Most readers come in the first days; a few find a story for years.
        views = best * max(0.75**age, least) + chance.randint(0, best // 12)
        views *= share
        if day.weekday() >= SATURDAY:
            views *= 0.5
        for _group in range(GROUPS if views >= GROUPS else 1):
            hour = _one_of(chance, HOURS)
            time = day.replace(hour=int(hour), minute=0, second=0, microsecond=0)
            source, device = str(_one_of(chance, SOURCES)), str(_one_of(chance, DEVICES))
            times = round(views / GROUPS * chance.uniform(0.5, 1.5))
            if times:
                counted[View(host, path, int(time.timestamp()) // QUARTER, source, "", device)] += times


def _one_of[T](chance: Random, weights: dict[T, int]) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]
