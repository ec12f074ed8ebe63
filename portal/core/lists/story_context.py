"""The story context: topics, authors, neighbouring, related and recent stories."""

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
# Older stories are related only if an editor has chosen them.
RELATED_MAX_AGE = timedelta(days=730)


def story_context(page: "StoryPage", edition: Edition, now: datetime) -> dict[str, Any]:
    """Return the template context of a story, in four queries whatever the size of the site.

    No story is shown twice, and the story itself is not shown.
    """
    # A preview may be of a page that was never saved.
    key = page.pk or 0
    topics = [link.topic for link in _relations(page, PageTopic, "page_topics", "topic")]
    authors = [byline.person for byline in _relations(page, Byline, "bylines", "person__picture")]

    on_site = Placement.objects.in_lists_of(edition.home.pk, now).exclude(card=key)
    section = page.trail[-2] if len(page.trail) > 1 else edition.home
    in_section = Placement.objects.in_lists_of(section.pk, now)
    here = StoryCard(pk=key, published_at=page.published_at)
    chosen = RelatedStory.objects.filter(page=key)
    lists = {
        "next": in_section.after(here)[:1],
        "previous": in_section.before(here)[:1],
        "chosen": on_site.filter(card__in=chosen.values("story")),
        "recent": on_site.newest_first()[: RECENT + RELATED + 2],
    }
    if topics:
        lists["same_topic"] = on_site.recently_about(topics, since=now - RELATED_MAX_AGE).newest_first()[
            : 2 * RELATED + 2
        ]
    ranks = {"chosen": chosen.filter(story=OuterRef("card_id")).values("sort_order")[:1]}
    found = StoryCard.objects.cards_by_list(lists, ranks)

    neighbours = {name: next(iter(found[name]), None) for name in ("previous", "next")}
    shown = {key} | {card.pk for card in neighbours.values() if card}
    related = take_unshown([*found["chosen"], *found.get("same_topic", [])], shown, RELATED)
    return {
        "topics": topics,
        "authors": authors,
        "related": related,
        **neighbours,
        "recent": take_unshown(found["recent"], shown, RECENT),
        "section": edition.section_of(page.path),
    }


def _relations(page: "StoryPage", model: type[Model], name: str, joined: str) -> list[Any]:
    """Return a relation of a served page joined with its target, or the unsaved relation of a preview."""
    if page.trail:
        return list(model._default_manager.filter(page=page.pk).select_related(joined).order_by("sort_order"))
    return list(getattr(page, name).all())


def take_unshown(cards: list[Card], shown: set[int], most: int) -> list[Card]:
    """Return at most `most` cards that are not in `shown`, and add their keys to it."""
    fresh: list[Card] = []
    for card in cards:
        if len(fresh) < most and card.pk not in shown:
            fresh.append(card)
            shown.add(card.pk)
    return fresh
