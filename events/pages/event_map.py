"""The map view of an event list: its dates by venue, on the site's outline."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from events.records.dates import OccurrencePlacementQuerySet
from events.records.rows import EventRow
from portal.content.serving.editions import Edition
from portal.maps.atlas import AtlasPlace, atlas
from portal.maps.outlines import Outline, Position

# The dates that a map shows at most, and the points, which need room.
MOST_DATES, MOST_POINTS = 300, 40
PARAMETER = "map"


@dataclass
class MappedVenue:
    name: str
    position: Position
    url: str
    dates: list[EventRow] = field(default_factory=list)

    @property
    def on_map(self) -> AtlasPlace:
        count = len(self.dates)
        label = ngettext("%(place)s: %(count)d event", "%(place)s: %(count)d events", count)
        return AtlasPlace(self.name, self.position, count, self.url, label % {"place": self.name, "count": count})


def map_context(
    placements: OccurrencePlacementQuerySet, outline: Outline, edition: Edition, list_url: str, params: QueryDict
) -> dict[str, Any]:
    """The template context of the map. `placements` are those of the list, filtered; two queries read them all."""
    others = [(name, value) for name, values in params.lists() if name not in (PARAMETER, "page") for value in values]
    dates = placements[:MOST_DATES].as_dates()
    venues = venues_of(dates, list_url, [pair for pair in others if pair[0] != "place"])
    points = sorted(venues, key=lambda venue: len(venue.dates), reverse=True)[:MOST_POINTS]
    shown = tuple(venue.on_map for venue in venues if venue in points)
    title = gettext("Events on the map")
    drawing = partial(atlas, outline, shown, title, "event-map", edition.language, edition.settings.map_region.strip())
    return {
        "venues": venues,
        "drawing": edition.cached_html(("event map", list_url, shown), drawing),
        "credit": edition.map_credit,
        "without_place": sum(1 for date in dates if date.position is None),
        "other_params": urlencode(others),
    }


def venues_of(dates: list[EventRow], list_url: str, others: list[tuple[str, str]]) -> list[MappedVenue]:
    """The venues with coordinates, in the order of their first dates. Each leads to the list of its dates."""
    found: dict[tuple[str, Position], MappedVenue] = {}
    for date in dates:
        if date.position is None:
            continue
        key = (date.shown_place, date.position)
        if key not in found:
            query = urlencode([*others, ("place", date.shown_place[:80])])
            found[key] = MappedVenue(date.shown_place, date.position, f"{list_url}?{query}")
        found[key].dates.append(date)
    return list(found.values())
