"""The next moment at which readers are to see something else although nothing is written."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta

from django.db.models import Min, QuerySet

from portal.platform.zones import zone

# Functions that yield, for what an app shows, at least the next moment after `now`; an app's `ready` appends to them.
sources: list[Callable[[datetime], Iterable[datetime]]] = []

_known: tuple[int, datetime, datetime] | None = None


def next_after(rows: QuerySet, column: str, now: datetime, *windows: timedelta) -> Iterator[datetime]:
    """The next values of a column after `now`, and the next ends of the windows that begin with its values."""
    for window in (timedelta(), *windows):
        found = rows.filter(**{f"{column}__gt": now - window}).aggregate(least=Min(column))["least"]
        if found is not None:
            yield found + window


def next_midnights(names: Iterable[str], now: datetime) -> Iterator[datetime]:
    """The next day of each of these time zones."""
    for each in map(zone, names):
        yield datetime.combine(now.astimezone(each).date() + timedelta(days=1), time(), each)


def next_moment(mark: int, now: datetime) -> datetime:
    """Later than `now`; what is kept at `now` for this mark is right until then. Found anew for each mark only."""
    global _known
    known = _known
    if known is not None and known[0] == mark and known[1] <= now < known[2]:
        return known[2]
    moment = min(moment for source in sources for moment in source(now) if moment > now)
    _known = (mark, now, moment)
    return moment
