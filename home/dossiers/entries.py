"""The entries of a dossier that readers may see, chapter by chapter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.text import slugify
from wagtail.models import Page

from events.records.dates import OccurrencePlacement, rows_of
from events.records.rows import EventRow
from portal.content.blocks.bodies import TEMPLATE_ANCHORS
from portal.content.records.cards import Card
from portal.content.records.listing import Placement, StoryCard, members
from portal.content.serving.editions import Edition
from portal.platform.operation.compiled import CompiledPart, compiled_query
from portal.platform.slugs import first_free


@dataclass(frozen=True)
class ChapterPlan:
    """A chapter before it is known what readers may see.

    An entry is the primary key of a story or event of the edition, or the block of a document or link.
    """

    title: str
    introduction: str
    entries: tuple[Any, ...]


@dataclass(frozen=True)
class ChapterEntry:
    """One of `card`, `event` and `block` has a value."""

    card: Card | None = None
    event: EventRow | None = None
    block: Any = None


@dataclass(frozen=True)
class Chapter:
    title: str
    introduction: str
    anchor: str
    entries: tuple[ChapterEntry, ...]


def plan_of(chapters: Iterable[Any], edition: Edition, dossier: int | None = None) -> tuple[ChapterPlan, ...]:
    """The plan for the values of chapter blocks. The dossier itself is left out, and each page is in it once."""
    values = list(chapters)
    here = keys_here([key for value in values for key in page_keys(value["entries"].raw_data)], edition)
    planned = {dossier}
    return tuple(
        ChapterPlan(value["title"], value["introduction"], tuple(_entries(value["entries"], here, planned)))
        for value in values
    )


def _entries(stream: Any, here: Mapping[int, int], planned: set[int | None]) -> Iterable[Any]:
    for place, raw in enumerate(stream.raw_data):
        if raw["type"] == "page":
            key = here.get(raw["value"])
            # A page and its translation may both have been chosen.
            if key not in planned and key is not None:
                planned.add(key)
                yield key
        elif (block := stream[place]).block_type == "link" or is_offered(block.value["document"]):
            yield block


def is_offered(document: Any) -> bool:
    """Whether readers may download the document. It may have been deleted, or be sent by mail only."""
    return document is not None and not document.is_gated


def page_keys(entries: Iterable[Mapping[str, Any]]) -> list[int]:
    """The primary keys of the stories and events in raw entries, in order."""
    return [entry["value"] for entry in entries if entry["type"] == "page" and entry["value"]]


def keys_here(keys: Sequence[int], edition: Edition) -> dict[int, int]:
    """The edition's page for each of these pages: the page itself, its translation, or its alias."""
    if not keys:
        return {}
    # A subquery would make PostgreSQL read all pages.
    translation_keys = set(Page.objects.filter(pk__in=keys).values_list("translation_key", flat=True))
    same = Q(pk__in=keys) | Q(translation_key__in=translation_keys) | Q(alias_of__in=keys)
    rows = list(Page.objects.filter(same).order_by("pk").values_list("pk", "translation_key", "alias_of", "path"))
    own = [row for row in rows if row[3].startswith(edition.home.path)]
    translations = {translation_key: pk for pk, translation_key, _alias_of, _path in own}
    aliases = {alias_of: pk for pk, _translation_key, alias_of, _path in own if alias_of}
    here = {pk: pk for pk, *_others in own}
    by_key = {pk: translation_key for pk, translation_key, *_others in rows}
    found = {key: here.get(key) or translations.get(by_key.get(key)) or aliases.get(key) for key in keys}
    return {key: pk for key, pk in found.items() if pk}


def keys_of_plan(plan: Iterable[ChapterPlan]) -> list[int]:
    keys = (entry for chapter in plan for entry in chapter.entries if isinstance(entry, int))
    return list(dict.fromkeys(keys))


@compiled_query
def _with_keys(above: Any, now: Any, keys: Any) -> QuerySet[Any, Any]:
    return members(Placement.objects.in_lists_of(above, now).filter(card__in=keys))


@compiled_query
def _dates(above: Any, now: Any, events: Any) -> QuerySet[Any, Any]:
    dates = OccurrencePlacement.objects.in_lists_of(above, now).filter(event__in=events)
    # The next date of an event or, if it is over, its last one. If the next one is cancelled, there are two.
    dates = dates.filter(Q(is_over=False, end__gt=now, listed_from__lte=now) | Q(over_at__lte=now))
    return dates.order_by("-start", "-occurrence_id").values_list("event_id", "occurrence_id")


def stories_of_plan(plan: Iterable[ChapterPlan], edition: Edition, now: datetime) -> CompiledPart:
    """The stories in a plan that readers may see at `now`, for `StoryCard.objects.cards_by_list`."""
    return _with_keys.part(edition.home.pk, now, keys_of_plan(plan))


def dates_of(keys: Sequence[int], edition: Edition, now: datetime) -> dict[int, EventRow]:
    """One date of each event among these pages that readers may see, by event. Takes at most two queries."""
    found = dict(_dates(edition.home.pk, now, list(keys))) if keys else {}
    rows = rows_of({date: event for event, date in found.items()}) if found else {}
    return {event: rows[date] for event, date in found.items() if date in rows}


def shown_chapters(
    plan: Sequence[ChapterPlan],
    edition: Edition,
    now: datetime,
    cards: Iterable[Card] | None = None,
    anchors: Iterable[str] = (),
) -> list[Chapter]:
    """The chapters that have an entry for readers.

    `cards` are those of `stories_of_plan`, if they have been read; `anchors` are those of the headings of the page.
    """
    if cards is None:
        cards = StoryCard.objects.cards_by_list({"entries": stories_of_plan(plan, edition, now)})["entries"]
    stories = {card.pk: card for card in cards}
    dates = dates_of([key for key in keys_of_plan(plan) if key not in stories], edition, now)
    chapters: list[Chapter] = []
    taken = {*TEMPLATE_ANCHORS, *anchors}
    for planned in plan:
        entries = tuple(entry for each in planned.entries if (entry := _entry(each, stories, dates)))
        if entries:
            anchor = first_free(slugify(planned.title)[:80] or "chapter", taken)
            taken.add(anchor)
            chapters.append(Chapter(planned.title, planned.introduction, anchor, entries))
    return chapters


def _entry(planned: Any, stories: Mapping[int, Card], dates: Mapping[int, EventRow]) -> ChapterEntry | None:
    if not isinstance(planned, int):
        return ChapterEntry(block=planned)
    if planned in stories:
        return ChapterEntry(card=stories[planned])
    return ChapterEntry(event=dates[planned]) if planned in dates else None
