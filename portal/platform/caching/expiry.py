"""The times at which cached responses expire without any write: a story appears, an event begins, a day ends."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta

from django.db.models import Min, QuerySet

from portal.platform.zones import zone

# Functions that yield at least the next time after `now` at which an app's content expires. Apps append to this list in
# `ready`.
sources: list[Callable[[datetime], Iterable[datetime]]] = []

# The last result: a content version, the time for which it was computed, and the expiry.
_last: tuple[int, datetime, datetime] | None = None


def next_after(rows: QuerySet, column: str, now: datetime, *windows: timedelta) -> Iterator[datetime]:
    """The next values of a column after `now`, and the next ends of windows that begin with its values."""
    for window in (timedelta(), *windows):
        found = rows.filter(**{f"{column}__gt": now - window}).aggregate(least=Min(column))["least"]
        if found is not None:
            yield found + window


def next_midnights(names: Iterable[str], now: datetime) -> Iterator[datetime]:
    """The next midnight in each of these time zones."""
    for each in map(zone, names):
        yield datetime.combine(now.astimezone(each).date() + timedelta(days=1), time(), each)


def next_expiry(version: int, now: datetime) -> datetime:
    """When responses rendered at `now` from this version become stale without a change; computed once per version."""
    global _last
    last = _last
    if last is not None and last[0] == version and last[1] <= now < last[2]:
        return last[2]
    expiry = min(each for source in sources for each in source(now) if each > now)
    _last = (version, now, expiry)
    return expiry
