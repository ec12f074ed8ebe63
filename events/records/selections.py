"""The upcoming dates of several selections of events: by page, network, topic, venues and days."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from events.dating import Span, span_named
from events.records.dates import OccurrencePlacement, next_keys, rows_of
from events.records.rows import EventRow
from portal.platform.operation.compiled import compiled_query


class Days(models.TextChoices):
    """The days of a selection. The last two are arguments of `span_named`."""

    ALL = "all", pgettext_lazy("of a list of events", "All days")
    SEVEN = "seven", _("The next seven days")
    WEEKEND = "weekend", pgettext_lazy("events", "This weekend")


class EventSelection(NamedTuple):
    """Events below a page. `above` is None if none can match."""

    above: int | None
    # The home pages of other sites whose events are included.
    homes: tuple[int, ...] = ()
    topic: int | None = None
    # None: with any venue or without one.
    venues: tuple[int, ...] | None = None
    days: str = Days.ALL

    @property
    def is_plain(self) -> bool:
        return self == EventSelection(self.above)

    @property
    def can_match(self) -> bool:
        return self.above is not None and self.venues != ()

    def keys(self, now: datetime, zone: ZoneInfo, count: int) -> dict[int, int]:
        """The first dates with their events; `zone` decides what day it is. Takes one query."""
        if not self.can_match:
            return {}
        if self.is_plain:
            return dict(next_keys(self.above, now, 0, count=count))
        span = span_named(self.days, now, zone)
        return dict(
            _selected(
                self.above,
                now,
                list(self.homes),
                [self.topic] if self.topic else [],
                list(self.venues or ()),
                *(span or Span(now.date(), now.date(), now)),
                has_homes=bool(self.homes),
                has_topic=self.topic is not None,
                has_venues=self.venues is not None,
                has_span=span is not None,
                count=count,
            )
        )


@compiled_query
def _selected(
    above: Any,
    now: Any,
    homes: Any,
    topics: Any,
    venues: Any,
    first: Any,
    last: Any,
    evening: Any,
    *,
    has_homes: bool,
    has_topic: bool,
    has_venues: bool,
    has_span: bool,
    count: int,
) -> models.QuerySet[Any, Any]:
    every = OccurrencePlacement.objects
    placements = every.in_network_lists_of(above, homes, now) if has_homes else every.in_lists_of(above, now)
    if has_topic:
        placements = placements.about(topics)
    if has_span or has_venues:
        span = Span(first, last, evening) if has_span else None
        placements = placements.first_of_each(now, span, venues if has_venues else None)
    else:
        placements = placements.upcoming(now)
    return placements[:count].values_list("occurrence_id", "event_id")


def dates_of_selections(
    selections: Sequence[tuple[EventSelection, int]], now: datetime, zone: ZoneInfo
) -> list[list[EventRow]]:
    """The first dates of each selection, as many as its number. Equal selections share a query; one reads all rows."""
    counts: dict[EventSelection, int] = {}
    for selection, count in selections:
        counts[selection] = max(count, counts.get(selection, 0))
    keys = {selection: selection.keys(now, zone, count) for selection, count in counts.items()}
    wanted = {key: event for found in keys.values() for key, event in found.items()}
    rows = rows_of(wanted) if wanted else {}
    dates = {selection: [rows[key] for key in found if key in rows] for selection, found in keys.items()}
    return [dates[selection][:count] for selection, count in selections]
