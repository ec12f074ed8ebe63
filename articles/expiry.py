"""The times at which story lists change without a write: a story appears, leaves the news, or is no longer recent."""

from collections.abc import Iterator
from datetime import datetime

from articles.story_context import RELATED_MAX_AGE
from portal.content.records.listing import StoryCard
from portal.content.sitemaps.pages import NEWS_AGE
from portal.platform.caching.expiry import next_after


def expiry_of_stories(now: datetime) -> Iterator[datetime]:
    yield from next_after(StoryCard.objects.all(), "published_at", now, NEWS_AGE, RELATED_MAX_AGE)
