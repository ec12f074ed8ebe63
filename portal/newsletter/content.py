"""Finds the content of an issue, a digest or an alert: the newest public pages of each section."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from events.models import OccurrencePlacement
from events.records.rows import EventRow
from portal.content.kinds import kinds
from portal.content.records.cards import Card
from portal.content.records.listing import Placement, StoryCard
from portal.content.serving.editions import Edition
from portal.newsletter.sections import SectionChoice, sections_of

# Limits for each section when an issue is filled.
MAX_STORIES = 12
MAX_EVENTS = 5


@dataclass(frozen=True)
class ContentPart:
    """A block of an issue with its public stories and events. `kind` and `value` are the block's type and value."""

    kind: str
    value: Any
    section: SectionChoice | None = None
    stories: tuple[Card, ...] = ()
    events: tuple[EventRow, ...] = ()


def parts_of(content: Iterable[Any], edition: Edition, now: datetime) -> list[ContentPart]:
    """The blocks of an issue without pages that are not public, and without groups that are then empty."""
    blocks = list(content)
    groups = [block.value for block in blocks if block.block_type == "group"]
    cards = _cards(stories_of(blocks), edition, now)
    events = _events([event.pk for group in groups for event in group["events"] if event], edition, now)
    choices = sections_of(edition) if groups else []
    parts = []
    for block in blocks:
        if block.block_type != "group":
            parts.append(ContentPart(block.block_type, block.value))
            continue
        chosen = block.value["section"]
        part = ContentPart(
            "group",
            block.value,
            next((choice for choice in choices if chosen and choice.contains(chosen.path)), None),
            tuple(_with_overrides(cards[key], e) for key, e in _stories_of(block.value) if key in cards),
            tuple(events[event.pk] for event in block.value["events"] if event and event.pk in events),
        )
        if part.stories or part.events:
            parts.append(part)
    return parts


def stories_of(content: Iterable[Any]) -> list[int]:
    """The keys of all stories in the groups of an issue."""
    return [key for block in content if block.block_type == "group" for key, _entry in _stories_of(block.value)]


def _stories_of(group: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    return [(entry["page"].pk, entry) for entry in group["stories"] if entry["page"]]


def content_of_period(
    edition: Edition, first: date, last: date, now: datetime, without: Collection[int] = ()
) -> list[dict[str, Any]]:
    """The raw content of an issue for the days from `first` to `last`: a group per section, in the site's order.

    A group has the stories of these days, by kind, and the next events. The stories in `without` are left out.
    """
    start = datetime.combine(first, time(), edition.zone)
    end = datetime.combine(last + timedelta(days=1), time(), edition.zone)
    order = {kind.name: number for number, kind in enumerate(kinds())}
    content = []
    for section in sections_of(edition):
        placements = Placement.objects.in_lists_of(section.page.pk, now).filter(
            published_at__gte=start, published_at__lt=end
        )
        placements = placements.exclude(card__in=without)
        rows = list(placements.newest_first().values_list("kind", "card_id")[:MAX_STORIES])
        stories = [card for _kind, card in sorted(rows, key=lambda row: order.get(row[0], len(order)))]
        events = upcoming_events(edition, section, now)
        if stories or events:
            content.append(group_block(section, stories, events))
    return content


def upcoming_events(edition: Edition, section: SectionChoice, now: datetime) -> list[int]:
    placements = OccurrencePlacement.objects.in_lists_of(section.page.pk, now).upcoming(now)
    # The limit is doubled, because the query returns a cancelled date and the next date of the same event.
    return list(dict.fromkeys(placements.values_list("event_id", flat=True)[: 2 * MAX_EVENTS]))[:MAX_EVENTS]


def group_block(section: SectionChoice, stories: Iterable[int], events: Iterable[int] = ()) -> dict[str, Any]:
    entries = [{"page": key, "title": "", "text": ""} for key in stories]
    value = {"title": section.title, "section": section.page.pk, "stories": entries, "events": list(events)}
    return {"type": "group", "value": value}


def _cards(keys: list[int], edition: Edition, now: datetime) -> dict[int, Card]:
    placements = Placement.objects.in_lists_of(edition.home.pk, now).filter(card__in=keys)
    return {card.pk: card for card in StoryCard.objects.cards_of(placements)}


def _events(keys: list[int], edition: Edition, now: datetime) -> dict[int, EventRow]:
    """The next occurrence of each event, or the last one if all are past."""
    placements = OccurrencePlacement.objects.in_lists_of(edition.home.pk, now).filter(event__in=keys)
    occurrences: dict[int, EventRow] = {}
    for occurrence in [*placements.upcoming(now).as_dates(), *placements.past(now).as_dates()]:
        occurrences.setdefault(occurrence.event_id, occurrence)
    return occurrences


def _with_overrides(card: Card, entry: Mapping[str, Any]) -> Card:
    return replace(card, title=entry["title"] or card.title, standfirst=entry["text"] or card.standfirst)
