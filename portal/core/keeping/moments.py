"""The next moment at which readers are to see something else although nothing is written."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Min, QuerySet
from wagtail.models import Page

from portal.core.lists.story_context import RELATED_MAX_AGE
from portal.core.models import SiteSettings, StoryCard
from portal.core.sitemaps.pages import NEWS_AGE
from portal.core.zones import zone

# The content version and the content mark.
State = tuple[int, int]
# Functions that yield, for what an app shows, at least the next moment after `now`; an app's `ready` appends to them.
sources: list[Callable[[datetime], Iterable[datetime]]] = []

_known: tuple[State, datetime, datetime] | None = None


def next_after(rows: QuerySet, column: str, now: datetime, *windows: timedelta) -> Iterator[datetime]:
    """The next values of a column after `now`, and the next ends of the windows that begin with its values."""
    for window in (timedelta(), *windows):
        found = rows.filter(**{f"{column}__gt": now - window}).aggregate(least=Min(column))["least"]
        if found is not None:
            yield found + window


def _of_pages(now: datetime) -> Iterator[datetime]:
    yield from next_after(Page.objects.filter(live=True), "expire_at", now)
    yield from next_after(StoryCard.objects.all(), "published_at", now, NEWS_AGE, RELATED_MAX_AGE)


def _midnights(now: datetime) -> Iterator[datetime]:
    """The next day of each site, and that of what has no site."""
    names = set(SiteSettings.objects.values_list("time_zone", flat=True)) | {settings.TIME_ZONE}
    for each in (UTC, *map(zone, names)):
        tomorrow = now.astimezone(each).date() + timedelta(days=1)
        yield datetime.combine(tomorrow, time(), each if isinstance(each, ZoneInfo) else UTC)


def next_moment(state: State, now: datetime) -> datetime:
    """Later than `now`; what is kept at `now` for this state is right until then. Found anew for each state only."""
    global _known
    if _known is not None and _known[0] == state and _known[1] <= now < _known[2]:
        return _known[2]
    moment = min(moment for source in (_of_pages, _midnights, *sources) for moment in source(now) if moment > now)
    _known = (state, now, moment)
    return moment
