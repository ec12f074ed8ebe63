"""The context of a story: topics, authors, and neighbouring, related and recent stories."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db.models import OuterRef, QuerySet

from articles.dossiers import dossiers_with, keys_of_parts, parts_of
from articles.related import RelatedStory
from portal.content.records.cards import Card
from portal.content.records.listing import Placement, PlacementQuerySet, StoryCard, members
from portal.content.records.people import Byline
from portal.content.records.topics import PageTopic
from portal.content.serving.editions import Edition
from portal.platform.operation.compiled import compiled_query

RELATED = 3
RECENT = 6
# Older stories are related only if chosen by an editor.
RELATED_MAX_AGE = timedelta(days=730)


def story_context(page: Any, edition: Edition, now: datetime) -> dict[str, Any]:
    """Return a story's template context, in four queries for any size of the site.

    No list contains the story itself. No story appears twice, except a neighbour that an editor chose as related.
    """
    # The page may be an unsaved one in a preview.
    key = page.pk or 0
    topics = [link.topic for link in topic_links_of(page)]
    bylines = _bylines(key) if page.trail else page.bylines.all()

    home = edition.home.pk
    section = _section_key(page) or home
    lists = {
        "next": _next.part(section, now, page.published_at, key),
        "previous": _previous.part(section, now, page.published_at, key),
        "recent": _recent.part(home, now, key),
    }
    if page.trail:
        lists["chosen"] = _chosen.part(home, now, key)
    else:
        # A draft's choices are in its revision, not in the database.
        order = [link.story_id for link in page.related_stories.all()]
        lists["chosen"] = _with_keys.part(home, now, key, order)
    if topics:
        lists["same_topic"] = _same_topic.part(home, now, key, [topic.pk for topic in topics], now - RELATED_MAX_AGE)
    dossiers = dossiers_with(key, edition)
    if dossiers:
        lists["dossiers"] = _with_keys.part(home, now, key, keys_of_parts(key, dossiers))
    further = page.further_lists(edition, now)
    found = StoryCard.objects.cards_by_list(lists | further)

    neighbours = {name: next(iter(found[name]), None) for name in ("previous", "next")}
    chosen = found["chosen"] if page.trail else sorted(found["chosen"], key=lambda card: order.index(card.pk))
    related = chosen[:RELATED]
    listed = {name: found[name] for name in further}
    shown = {key} | {card.pk for card in (*neighbours.values(), *related, *chain(*listed.values())) if card}
    related += take_unshown(found.get("same_topic", []), shown, RELATED - len(related))
    return {
        "topics": topics,
        "authors": [byline.person for byline in bylines],
        "related": related,
        **neighbours,
        **listed,
        "dossiers": parts_of(key, dossiers, found.get("dossiers", [])),
        "recent": take_unshown(found["recent"], shown, RECENT),
        "section": edition.section_of(page.path),
    }


def topic_links_of(page: Any) -> Iterable[PageTopic]:
    """A page's topics: from its revision in a preview, or else from the database."""
    return topic_links(page.pk) if page.trail else page.page_topics.all()


def _section_key(page: Any) -> int | None:
    """The parent page's primary key. Only a served page has a trail."""
    if page.trail:
        return page.trail[-2].pk if len(page.trail) > 1 else None
    above = page.get_parent()
    return above.pk if above else None


@compiled_query
def topic_links(page: Any) -> QuerySet[PageTopic]:
    links: QuerySet[PageTopic] = PageTopic.objects.filter(page=page)
    return links.select_related("topic").order_by("sort_order")


@compiled_query
def _bylines(page: Any) -> QuerySet[Byline]:
    bylines: QuerySet[Byline] = Byline.objects.filter(page=page)
    return bylines.select_related("person__picture").order_by("sort_order")


@compiled_query
def _next(above: Any, now: Any, published_at: Any, key: Any) -> QuerySet[Any, Any]:
    return members(Placement.objects.in_lists_of(above, now).after(published_at, key)[:1])


@compiled_query
def _previous(above: Any, now: Any, published_at: Any, key: Any) -> QuerySet[Any, Any]:
    return members(Placement.objects.in_lists_of(above, now).before(published_at, key)[:1])


@compiled_query
def _chosen(above: Any, now: Any, key: Any) -> QuerySet[Any, Any]:
    chosen = RelatedStory.objects.filter(page=key)
    rank = chosen.filter(story=OuterRef("card_id")).values("sort_order")[:1]
    return members(_others(above, now, key).filter(card__in=chosen.values("story")), rank)


@compiled_query
def _with_keys(above: Any, now: Any, key: Any, keys: Any) -> QuerySet[Any, Any]:
    return members(_others(above, now, key).filter(card__in=keys))


@compiled_query
def _recent(above: Any, now: Any, key: Any) -> QuerySet[Any, Any]:
    return members(_others(above, now, key).newest_first()[: RECENT + RELATED + 2])


@compiled_query
def _same_topic(above: Any, now: Any, key: Any, topics: Any, since: Any) -> QuerySet[Any, Any]:
    return members(_others(above, now, key).recently_about(topics, since).newest_first()[: 2 * RELATED + 2])


def _others(above: Any, now: Any, key: Any) -> PlacementQuerySet:
    return Placement.objects.in_lists_of(above, now).exclude(card=key)


def take_unshown(cards: list[Card], shown: set[int], most: int) -> list[Card]:
    """Return at most `most` cards that are not in `shown`, and add their keys to it."""
    fresh: list[Card] = []
    for card in cards:
        if len(fresh) < most and card.pk not in shown:
            fresh.append(card)
            shown.add(card.pk)
    return fresh
