"""Fills a home page's shelves with stories and events: their sources and queries."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet
from wagtail.blocks import StreamValue, StructValue

from events.records.selections import EventSelection, dates_of_selections
from home.most_read import MostReadStory
from portal.content.records.cards import Card
from portal.content.records.listing import Placement, StoryCard, members
from portal.content.serving.editions import Edition
from portal.platform.operation.compiled import CompiledPart, compiled_query

CHOSEN = "chosen"
# The number of dates in a preview of a shelf whose editor has not entered it yet.
OPEN_COUNT = 4


class Source(NamedTuple):
    """A list from which a shelf takes stories: those below page `above`, optionally filtered by kind and topic."""

    above: int
    kind: str | None = None
    topic: int | None = None
    # Whether the page belongs to another site. Stories that are only shared there are left out.
    is_foreign: bool = False
    # Whether to take the most read stories of the page, which is a home page.
    is_most_read: bool = False
    # Whether to take only stories of these last days that say where they take place.
    places_of_days: int = 0

    def members(self, now: datetime, count: int) -> CompiledPart:
        if self.is_most_read:
            return _most_read.part(self.above, now)
        topics = [[self.topic]] if self.topic else []
        if self.places_of_days:
            since = now - timedelta(days=self.places_of_days)
            return _with_place.part(self.above, now, since, is_foreign=self.is_foreign, count=count)
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
def _with_place(above: Any, now: Any, since: Any, *, is_foreign: bool, count: int) -> QuerySet:
    placements = Placement.objects.in_lists_of(above, now).with_place(since)
    if is_foreign:
        placements = placements.filter(card__page__alias_of__isnull=True)
    return members(placements.newest_first()[:count])


@compiled_query
def _most_read(above: Any, now: Any) -> QuerySet:
    most_read = MostReadStory.objects.filter(home=above)
    place = most_read.filter(page=OuterRef("card_id")).values("place")
    return members(Placement.objects.in_lists_of(above, now).filter(card__in=most_read.values("page")), place)


@compiled_query
def _chosen(above: Any, now: Any, keys: Any) -> QuerySet:
    return members(Placement.objects.in_lists_of(above, now).filter(card__in=keys))


class Plan(NamedTuple):
    """A shelf without its stories and events; see the methods of `Shelf`."""

    template: str
    kind: str
    value: StructValue
    sources: list[Source]
    size: int
    events: EventSelection | None
    more: str
    chosen: tuple[int | None, ...]
    max_age: timedelta | None
    ends_at: datetime | None
    arrange: Callable[[StructValue, list[Card], Edition, datetime], dict[str, Any]]
    # Whether the shelf refers to stories that other shelves may show, too, and is shown without any.
    is_index: bool = False

    def is_over(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now

    def takes(self, card: Card, edition: Edition, now: datetime) -> bool:
        """Whether a story is young enough. Its age is counted in days of the edition's time zone."""
        if self.max_age is None:
            return True
        today = now.astimezone(edition.zone).date()
        return card.published_at.astimezone(edition.zone).date() >= today - self.max_age


def plans_of(shelves: StreamValue, edition: Edition) -> list[Plan]:
    return [shelf.block.plan(shelf.value, edition) for shelf in shelves]


def plans_of_page(shelves: StreamValue, edition: Edition) -> list[Plan]:
    """The plans of a served home page, cached in the edition with the records of its shelves."""
    return edition.cached_value(("shelves", repr(list(shelves.raw_data))), lambda: plans_of(shelves, edition))


def fill_shelves(plans: Iterable[Plan], edition: Edition, now: datetime) -> list[dict[str, Any]]:
    """The template variables of each shelf, from the top down. A story appears on one shelf only.

    Shelves above skip a story that an editor has chosen for a lower shelf. An index may repeat stories. Takes three
    queries for all shelves of stories together, one for each selection of events, and one for all their dates.
    """
    plans = [plan for plan in plans if not plan.is_over(now)]
    candidates = _candidates(plans, edition, now)
    found = {card.pk: card for card in candidates[CHOSEN]}
    chosen = [
        {key: found[key] for key in plan.chosen if key in found and plan.takes(found[key], edition, now)}
        for plan in plans
    ]
    reserved = {key for cards in chosen for key in cards}
    shown: set[int] = set()
    result: list[dict[str, Any]] = []
    with_events: list[dict[str, Any]] = []
    wanted: list[tuple[EventSelection, int]] = []
    for plan, own in zip(plans, chosen, strict=True):
        excluded = set() if plan.is_index else reserved
        newest = [card for source in plan.sources for card in candidates[source] if card.pk not in excluded]
        if len(plan.sources) > 1:
            newest.sort(key=lambda card: card.age, reverse=True)
        newest = [card for card in newest if plan.takes(card, edition, now)]
        cards = newest[: plan.size] if plan.is_index else _take(plan, own, newest, shown)
        if plan.size and not cards and not plan.is_index:
            continue
        shelf = {"template": plan.template, "kind": plan.kind, "value": plan.value, "cards": cards, "more": plan.more}
        # The picture of the page's first story loads at once.
        shelf["is_first"] = bool(cards) and not plan.is_index and not any(above["is_first"] for above in result)
        result.append(shelf | plan.arrange(plan.value, cards, edition, now))
        if plan.events:
            wanted.append((plan.events, plan.value["count"] or OPEN_COUNT))
            with_events.append(result[-1])
    for shelf, dates in zip(with_events, dates_of_selections(wanted, now, edition.zone), strict=True):
        shelf["events"] = dates
    for shelf in result:
        if complete := shelf.pop("complete", None):
            shelf.update(complete(shelf["cards"], shelf["events"]))
    return [shelf for shelf in result if shelf.get("events") or not shelf.get("is_filtered")]


def _take(plan: Plan, own: dict[int, Card], newest: Iterable[Card], shown: set[int]) -> list[Card]:
    """The stories of a shelf in the order of its places: the chosen ones, and for the other places the newest.

    Adds their keys to `shown`.
    """
    if not plan.sources:
        return []
    places: list[Card | None] = []
    for key in plan.chosen:
        card = own.get(key) if key and key not in shown else None
        places.append(card)
        shown |= {card.pk} if card else set()
    places += [None] * (plan.size - len(places))
    fresh = iter([card for card in newest if card.pk not in shown])
    taken = [card or next(fresh, None) for card in places]
    shown |= {card.pk for card in taken if card}
    return [card for card in taken if card]


def _candidates(plans: Iterable[Plan], edition: Edition, now: datetime) -> dict[Any, list[Card]]:
    """Return the cards of each source, as many as its last shelf may need, and the chosen cards."""
    chosen = {key for plan in plans if plan.sources for key in plan.chosen if key}
    counts: dict[Source, int] = {}
    needed = len(chosen)
    for plan in plans:
        needed += plan.size if plan.sources else 0
        counts |= dict.fromkeys(plan.sources, needed)
    lists: dict[Any, CompiledPart] = {source: source.members(now, count) for source, count in counts.items()}
    if chosen:
        lists[CHOSEN] = _chosen.part(edition.home.pk, now, sorted(chosen))
    return {CHOSEN: [], **StoryCard.objects.cards_by_list(lists)}
