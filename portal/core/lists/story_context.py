"""What stands around a story: its topics and authors, what to read next, what is new."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Model, OuterRef

from portal.core.lists.cards import Card
from portal.core.models.listing import Placement, StoryCard
from portal.core.models.people import Byline
from portal.core.models.related import RelatedStory
from portal.core.models.topics import PageTopic
from portal.core.serving.editions import Edition

if TYPE_CHECKING:
    from portal.core.models.stories import StoryPage

RELATED = 3
RECENT = 6
# How far back related stories are looked for; beyond, an editor chooses them.
AKIN_SINCE = timedelta(days=730)


def story_context(page: "StoryPage", edition: Edition, now: datetime) -> dict[str, Any]:
    """The template context of a story, in four queries whatever the size of the site.

    No story is shown twice, and the one being read is not shown at all.
    """
    # A preview may be of a page that was never saved.
    key = page.pk or 0
    topics = [link.topic for link in _relations(page, PageTopic, "page_topics", "topic")]
    authors = [byline.person for byline in _relations(page, Byline, "bylines", "person__picture")]

    everywhere = Placement.objects.in_lists_of(edition.home.pk, now).exclude(card=key)
    section = page.trail[-2] if len(page.trail) > 1 else edition.home
    nearby = Placement.objects.in_lists_of(section.pk, now)
    here = StoryCard(pk=key, published_at=page.published_at)
    by_hand = RelatedStory.objects.filter(page=key)
    lists = {
        "next": nearby.after(here)[:1],
        "previous": nearby.before(here)[:1],
        "chosen": everywhere.filter(card__in=by_hand.values("story")),
        "recent": everywhere.newest_first()[: RECENT + RELATED + 2],
    }
    if topics:
        lists["akin"] = everywhere.akin(topics, since=now - AKIN_SINCE).newest_first()[: 2 * RELATED + 2]
    ranks = {"chosen": by_hand.filter(story=OuterRef("card_id")).values("sort_order")[:1]}
    found = StoryCard.objects.gathered(lists, ranks)

    neighbours = {name: next(iter(found[name]), None) for name in ("previous", "next")}
    shown = {key} | {card.pk for card in neighbours.values() if card}
    related = unseen([*found["chosen"], *found.get("akin", [])], shown, RELATED)
    return {
        "topics": topics,
        "authors": authors,
        "related": related,
        **neighbours,
        "recent": unseen(found["recent"], shown, RECENT),
        "section": edition.section_of(page.path),
    }


def _relations(page: "StoryPage", model: type[Model], name: str, joined: str) -> list[Any]:
    """A saved page's relation read with what it points at; a preview's from memory, since it is not saved."""
    if page.trail:
        return list(model._default_manager.filter(page=page.pk).select_related(joined).order_by("sort_order"))
    return list(getattr(page, name).all())


def unseen(cards: list[Card], shown: set[int], most: int) -> list[Card]:
    """The first cards that are not among those shown; they are then."""
    fresh: list[Card] = []
    for card in cards:
        if len(fresh) < most and card.pk not in shown:
            fresh.append(card)
            shown.add(card.pk)
    return fresh
