"""Fills a home page's shelves with stories and events: their sources and queries."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet
from wagtail.blocks import StreamValue, StructValue

from articles.story_context import take_unshown
from events.records.dates import upcoming_dates
from home.most_read import MostReadStory
from portal.content.records.cards import Card
from portal.content.records.listing import Placement, StoryCard, members
from portal.content.serving.editions import Edition
from portal.platform.operation.compiled import CompiledPart, compiled_query

PINNED = "pinned"


class Source(NamedTuple):
    """A list from which a shelf takes stories: those below page `above`, optionally filtered by kind and topic."""

    above: int
    kind: str | None = None
    topic: int | None = None
    # Whether the page belongs to another site. Stories that are only shared there are left out.
    is_foreign: bool = False
    # Whether the page is a home page of which the most read stories are used.
    is_most_read: bool = False

    def members(self, now: datetime, count: int) -> CompiledPart:
        if self.is_most_read:
            return _most_read.part(self.above, now)
        topics = [[self.topic]] if self.topic else []
        return _newest.part(self.above, now, *topics, kind=self.kind, is_foreign=self.is_foreign, count=count)


@compiled_query
def _newest(above: Any, now: Any, topics: Any = None, *, kind: str | None, is_foreign: bool, count: int) -> QuerySet:
    placements = Placement.objects.in_lists_of(above, now)
    if kind:
        placements = placements.of_kind(kind)
    if topics is not None:
        placements = placements.about(topics)
    if is_foreign:
        placements = placements.filter(card__page__alias_of__isnull=True)
    return members(placements.newest_first()[:count])


@compiled_query
def _most_read(above: Any, now: Any) -> QuerySet:
    most_read = MostReadStory.objects.filter(home=above)
    place = most_read.filter(page=OuterRef("card_id")).values("place")
    return members(Placement.objects.in_lists_of(above, now).filter(card__in=most_read.values("page")), place)


@compiled_query
def _pinned(above: Any, now: Any, keys: Any) -> QuerySet:
    return members(Placement.objects.in_lists_of(above, now).filter(card__in=keys))


class Plan(NamedTuple):
    """A shelf without its stories and events; see the methods of `Shelf`."""

    template: str
    kind: str
    value: StructValue
    sources: list[Source]
    size: int
    more: str
    pinned: int | None


def plans_of(shelves: StreamValue, edition: Edition) -> list[Plan]:
    return [shelf.block.plan(shelf.value, edition) for shelf in shelves]


def plans_of_page(shelves: StreamValue, edition: Edition) -> list[Plan]:
    """The plans of a served home page, cached in the edition with the records of its shelves."""
    return edition.cached_value(("shelves", repr(list(shelves.raw_data))), lambda: plans_of(shelves, edition))


def fill_shelves(plans: Iterable[Plan], edition: Edition, now: datetime) -> list[dict[str, Any]]:
    """The template variables of each shelf, from the top down. A story appears on one shelf only.

    Takes three queries for all shelves together.
    """
    candidates = _candidates(plans, edition, now)
    shown: set[int] = set()
    result = []
    for plan in plans:
        pinned = [card for card in candidates[PINNED] if card.pk == plan.pinned]
        newest = [card for source in plan.sources for card in candidates[source]]
        if len(plan.sources) > 1:
            newest.sort(key=lambda card: card.age, reverse=True)
        cards = take_unshown([*pinned, *newest], shown, plan.size) if plan.sources else []
        if plan.size and not cards:
            continue
        result.append(
            {"template": plan.template, "kind": plan.kind, "value": plan.value, "cards": cards, "more": plan.more}
        )
    shelves = [shelf for shelf in result if shelf["kind"] == "events"]
    counts = [shelf["value"]["count"] for shelf in shelves]
    events = upcoming_dates(edition.home.pk, now, max(counts)) if counts else []
    for shelf, count in zip(shelves, counts, strict=True):
        shelf["events"] = events[:count]
    return result


def _candidates(plans: Iterable[Plan], edition: Edition, now: datetime) -> dict[Any, list[Card]]:
    """Return the cards of each source, as many as its last shelf may need, and the pinned cards."""
    counts: dict[Source, int] = {}
    needed = 0
    for plan in plans:
        needed += plan.size if plan.sources else 0
        counts |= dict.fromkeys(plan.sources, needed)
    pinned = {plan.pinned for plan in plans if plan.sources and plan.pinned}
    lists: dict[Any, CompiledPart] = {source: source.members(now, count) for source, count in counts.items()}
    if pinned:
        lists[PINNED] = _pinned.part(edition.home.pk, now, sorted(pinned))
    return {PINNED: [], **StoryCard.objects.cards_by_list(lists)}
