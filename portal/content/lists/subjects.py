"""Finds the topics and authors of a list, or of all public stories on a site."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.text import slugify
from wagtail.models import Site

from portal.content.records.listing import Placement, PlacementQuerySet
from portal.content.records.people import Byline, Person
from portal.content.records.topics import PageTopic, Topic
from portal.content.serving.editions import Edition
from portal.platform.operation.compiled import compiled_query

# Topics and authors come from the newest stories only, so that the query does not grow with the list.
NEWEST = 100
MAX_TOPICS = 10
MAX_AUTHORS = 4


@dataclass(frozen=True)
class ListedSubject:
    """A topic, author, venue or site in a list. `words` is an introduction, a role or an address.

    `stories` is the number of public stories, or events of a venue. Names are not typeset if `is_person`.
    """

    name: str
    url: str
    words: str
    stories: int
    picture: Any
    is_person: bool


def story_counts(
    which: str, homes: Collection[int], now: datetime, among: Collection[int] | None = None
) -> dict[int, dict[int, int]]:
    """The number of public stories of each of the `topics` or `people`, by home page key and record key.

    Records without stories are omitted. `among` restricts the query to some records.
    """
    record = {"topics": "card__page__page_topics__topic", "people": "card__page__bylines__person"}[which]
    chosen = {f"{record}__isnull": False} if among is None else {f"{record}__in": among}
    stories = Placement.objects.shown_at(now).filter(above__in=homes, **chosen).order_by()
    counts: dict[int, dict[int, int]] = {}
    for home, key, number in stories.values_list("above", record).annotate(stories=Count("pk")):
        counts.setdefault(home, {})[key] = number
    return counts


def topics_by_name(edition: Edition, counts: Collection[int]) -> list[Topic]:
    # Sorted here, because the database may put É after Z.
    return sorted((topic for topic in edition.topics if topic.pk in counts), key=lambda topic: slugify(topic.name))


def authors_by_name(edition: Edition, counts: Collection[int]) -> list[int]:
    """The keys of those people in `counts` who have their own page on the edition's site."""
    people = Person.objects.available_at(edition.site).filter(has_page=True, pk__in=counts)
    names = people.order_by("pk").values_list("pk", "name")
    return [key for key, _name in sorted(names, key=lambda row: slugify(row[1]))]


def subjects_of_topics(topics: Iterable[Topic], edition: Edition, counts: Any) -> list[ListedSubject]:
    return [
        ListedSubject(topic.name, edition.topic_url(topic), topic.introduction, counts[topic.pk], None, is_person=False)
        for topic in topics
    ]


def subjects_of_authors(keys: Collection[int], edition: Edition, counts: Any) -> list[ListedSubject]:
    people = Person.objects.select_related("picture").in_bulk(list(keys)) if keys else {}
    return [
        ListedSubject(
            person.name,
            edition.person_url(person),
            person.role_in(edition.language),
            counts[key],
            person.picture,
            is_person=True,
        )
        for key in keys
        if (person := people.get(key))
    ]


def topics_of(placements: PlacementQuerySet, edition: Edition, but: Topic | None = None) -> list[Topic]:
    return _known(_topic_keys(placements), edition, but)


def topics_below(above: int, edition: Edition, now: datetime) -> list[Topic]:
    return _known(_topic_keys_below(above, now), edition)


def _known(keys: Iterable[int], edition: Edition, but: Topic | None = None) -> list[Topic]:
    known = {topic.pk: topic for topic in edition.topics if topic != but}
    return [known[key] for key in keys if key in known][:MAX_TOPICS]


def _topic_keys(placements: PlacementQuerySet) -> QuerySet[Any, Any]:
    newest = placements.newest_first()[:NEWEST].values("card_id")
    counted = PageTopic.objects.filter(page__in=newest).order_by().values("topic").annotate(stories=Count("pk"))
    ranked: QuerySet[Any, Any] = counted.order_by("-stories", "topic").values_list("topic", flat=True)
    return ranked


@compiled_query
def _topic_keys_below(above: Any, now: Any) -> QuerySet[Any, Any]:
    return _topic_keys(Placement.objects.in_lists_of(above, now))


def authors_of(placements: PlacementQuerySet, edition: Edition) -> list[Person]:
    """The authors in a list who have their own page on this site."""
    return list(_authors(placements, edition.site))


def authors_below(above: int, edition: Edition, now: datetime) -> list[Person]:
    """The authors in the list of the page with key `above` who have their own page on this site."""
    return _authors_below(above, edition.site.pk, now)


def _authors(placements: PlacementQuerySet, site: Site) -> QuerySet[Person]:
    newest = placements.newest_first()[:NEWEST].values("card_id")
    signed = Byline.objects.filter(page__in=newest).order_by()
    own = signed.filter(person=OuterRef("pk")).values("person").annotate(stories=Count("pk"))
    # Count stories only for these few authors, not for everybody in the network.
    people = Person.objects.available_at(site).filter(has_page=True, pk__in=signed.values("person"))
    ranked = people.annotate(stories=Subquery(own.values("stories"))).order_by("-stories", "name", "pk")
    return ranked.select_related("picture")[:MAX_AUTHORS]


@compiled_query
def _authors_below(above: Any, site: Any, now: Any) -> QuerySet[Person]:
    return _authors(Placement.objects.in_lists_of(above, now), site)
