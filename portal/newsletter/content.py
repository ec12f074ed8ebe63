"""Finds what an issue, a digest or an alert holds: the newest of each section, and what of a choice can be seen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from events.models import Occurrence, OccurrencePlacement
from portal.core.kinds import StoryKind
from portal.core.lists.cards import Card
from portal.core.models import Placement, StoryCard
from portal.core.serving.editions import Edition
from portal.newsletter.sections import SectionChoice, sections_of

# What an issue takes of one section by itself.
MOST_STORIES = 12
MOST_EVENTS = 5
ORDER_OF_KINDS = {kind: n for n, kind in enumerate([StoryKind.ARTICLE, StoryKind.PORTRAIT, StoryKind.RECAP])}


@dataclass(frozen=True)
class ContentPart:
    """A block of an issue with what of it a reader may see; `value` is the block's own."""

    kind: str
    value: Any
    section: SectionChoice | None = None
    stories: tuple[Card, ...] = ()
    events: tuple[Occurrence, ...] = ()


def parts_of(content: Iterable[Any], edition: Edition, now: datetime) -> list[ContentPart]:
    """The blocks of an issue; a story or event that no reader may see is left out, and so is an empty group."""
    blocks = list(content)
    groups = [block.value for block in blocks if block.block_type == "group"]
    cards = _cards([e["page"].pk for group in groups for e in group["stories"] if e["page"]], edition, now)
    events = _events([event.pk for group in groups for event in group["events"] if event], edition, now)
    choices = sections_of(edition) if groups else []
    parts = []
    for block in blocks:
        if block.block_type != "group":
            parts.append(ContentPart(block.block_type, block.value))
            continue
        part = ContentPart(
            "group",
            block.value,
            _section_of(block.value["section"], choices),
            tuple(
                _with_own_words(cards[e["page"].pk], e)
                for e in block.value["stories"]
                if e["page"] and e["page"].pk in cards
            ),
            tuple(events[event.pk] for event in block.value["events"] if event and event.pk in events),
        )
        if part.stories or part.events:
            parts.append(part)
    return parts


def filled(edition: Edition, first: date, last: date, now: datetime) -> list[dict[str, Any]]:
    """The content of an issue about the days from `first` to `last`, section by section in the order of the site.

    In each: news, portraits and recaps of these days, and the events that come next.
    """
    start = datetime.combine(first, time(), edition.zone)
    end = datetime.combine(last + timedelta(days=1), time(), edition.zone)
    content = []
    for section in sections_of(edition):
        placements = Placement.objects.in_lists_of(section.page.pk, now).filter(
            published_at__gte=start, published_at__lt=end
        )
        found = list(placements.newest_first().values_list("kind", "card_id")[:MOST_STORIES])
        stories = [card for _kind, card in sorted(found, key=lambda row: ORDER_OF_KINDS[StoryKind(row[0])])]
        events = upcoming_events(edition, section, now)
        if stories or events:
            content.append(group_of(section, stories, events))
    return content


def upcoming_events(edition: Edition, section: SectionChoice, now: datetime) -> list[int]:
    """The keys of the next events of a section."""
    placements = OccurrencePlacement.objects.in_lists_of(section.page.pk, now).upcoming(now)
    # A cancelled date stands beside the next one of its event.
    return list(dict.fromkeys(placements.values_list("event_id", flat=True)[: 2 * MOST_EVENTS]))[:MOST_EVENTS]


def group_of(section: SectionChoice, stories: Iterable[int], events: Iterable[int] = ()) -> dict[str, Any]:
    """A group's block as the database keeps it."""
    entries = [{"page": key, "title": "", "text": ""} for key in stories]
    value = {"title": section.title, "section": section.page.pk, "stories": entries, "events": list(events)}
    return {"type": "group", "value": value}


def _cards(keys: list[int], edition: Edition, now: datetime) -> dict[int, Card]:
    if not keys:
        return {}
    placements = Placement.objects.in_lists_of(edition.home.pk, now).filter(card__in=keys)
    return {card.pk: card for card in StoryCard.objects.cards_of(placements)}


def _events(keys: list[int], edition: Edition, now: datetime) -> dict[int, Occurrence]:
    """Of each event its next date, or its last one where all are over."""
    if not keys:
        return {}
    here = OccurrencePlacement.objects.in_lists_of(edition.home.pk, now).filter(event__in=keys)
    dates: dict[int, Occurrence] = {}
    for date_ in [*here.upcoming(now).as_dates(), *here.past(now).as_dates()]:
        dates.setdefault(date_.event_id, date_)
    return dates


def _section_of(page: Any, choices: Iterable[SectionChoice]) -> SectionChoice | None:
    return next((choice for choice in choices if page and choice.holds(page.path)), None)


def _with_own_words(card: Card, words: Mapping[str, Any]) -> Card:
    return replace(card, title=words["title"] or card.title, standfirst=words["text"] or card.standfirst)
