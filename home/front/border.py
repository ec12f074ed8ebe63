"""The shelf with the map of the network: stories and events of all sites by place, on the site's outline."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _, ngettext
from wagtail import blocks

from events.records.rows import EventRow
from events.records.selections import EventSelection
from home.front.base import Shelf
from home.shelf_filling import Source
from portal.content.records.cards import Card
from portal.content.serving.editions import Edition
from portal.maps.atlas import AtlasPlace, atlas
from portal.maps.outlines import Outline, Position
from portal.maps.towns import town_named, town_near

# The age of the oldest stories on the map.
STORY_DAYS = 180
# The entries that the list shows of a place; a link leads to the others.
MOST_SHOWN = 2
KEY = "network-map"


@dataclass
class BorderPlace:
    """What happens at one place. `query` finds more of it in the search."""

    name: str
    query: str
    position: Position
    stories: list[Card] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"{KEY}-{slugify(self.query, allow_unicode=True)}"

    @property
    def count(self) -> int:
        return len(self.stories) + len(self.events)

    @property
    def shown_events(self) -> list[EventRow]:
        return self.events[: 1 if self.stories else MOST_SHOWN]

    @property
    def shown_stories(self) -> list[Card]:
        return self.stories[: max(0, MOST_SHOWN - len(self.shown_events))]

    @property
    def has_more(self) -> bool:
        return self.count > MOST_SHOWN

    @property
    def paths(self) -> list[str]:
        return [*(card.page.path for card in self.stories), *(event.path for event in self.events)]

    def on_map(self, edition: Edition) -> AtlasPlace:
        label = ngettext(
            "%(place)s: %(count)d story or event", "%(place)s: %(count)d stories and events", self.count
        ) % {"place": self.name, "count": self.count}
        is_own = any(path.startswith(edition.home.path) for path in self.paths)
        return AtlasPlace(self.name, self.position, self.count, f"#{self.anchor}", label, is_own)


class BorderShelf(Shelf):
    title = blocks.CharBlock(label=_("Title"), max_length=80)
    count = blocks.IntegerBlock(
        label=_("How many"),
        min_value=4,
        max_value=40,
        default=24,
        help_text=_("The newest stories, and as many of the next dates. Those without a place are left out."),
    )

    class Meta:
        icon = "drawing-border-shelf"
        label = _("Map of the network")
        description = help_text = _(
            "Stories and events of all sites, by place, on the outline that is chosen in the settings of the site. "
            "The shelf is hidden without an outline."
        )
        template = "home/shelves/border.html"
        preview_value = {"title": "Des deux côtés de la frontière", "count": 24}

    def size(self, value):
        return value["count"]

    def sources(self, value, edition):
        foreign = (Source(home.pk, is_foreign=True, places_of_days=STORY_DAYS) for home in edition.network_homes)
        return [Source(edition.home.pk, places_of_days=STORY_DAYS), *foreign]

    def events(self, value, edition):
        return EventSelection(edition.home.pk, homes=tuple(home.pk for home in edition.network_homes))

    def plan(self, value, edition):
        if edition.map_outline is None:
            return super().plan(value, edition)._replace(sources=[], size=1, events=None)
        return super().plan(value, edition)._replace(is_index=True)

    def arrange(self, value, cards, edition, now):
        return {"complete": partial(on_the_map, value["title"], edition), "is_filtered": True}


def on_the_map(title: str, edition: Edition, stories: list[Card], events: list[EventRow]) -> dict[str, Any]:
    """The variables of the template. Without any place, the shelf counts as empty."""
    outline = edition.map_outline
    places = places_of(outline, stories, events, edition.language) if outline else []
    if outline is None or not places:
        return {"events": []}
    shown = tuple(place.on_map(edition) for place in places)
    drawing = partial(atlas, outline, shown, title, KEY, edition.language, edition.settings.map_region.strip())
    return {
        "places": places,
        "drawing": edition.cached_html(("network map", title, shown), drawing),
        "credit": edition.map_credit,
    }


def places_of(outline: Outline, stories: list[Card], events: list[EventRow], language: str) -> list[BorderPlace]:
    """The places with their stories and events, by name. A venue far from all towns is a place of its own."""
    found: dict[str, BorderPlace] = {}
    for story in stories:
        if town := town_named(story.place, outline.towns):
            _place(found, town.names.all()[0], town.names.name_in(language), town.position).stories.append(story)
    for event in events:
        if event.position is None:
            continue
        if town := town_near(event.position, outline.towns):
            place = _place(found, town.names.all()[0], town.names.name_in(language), town.position)
        else:
            place = _place(found, event.shown_place, event.shown_place, event.position)
        place.events.append(event)
    return sorted(found.values(), key=lambda place: slugify(place.name))


def _place(found: dict[str, BorderPlace], query: str, name: str, position: Position) -> BorderPlace:
    return found.setdefault(query, BorderPlace(name, query, position))
