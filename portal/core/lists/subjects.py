"""What the newest stories of a list are about, and who wrote them; the most frequent first.

Each takes one query, whose cost does not grow with the list.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from wagtail.models import Site

from portal.core.models import Byline, PageTopic, Person, Placement, Topic
from portal.core.models.listing import PlacementQuerySet
from portal.core.operation.compiled import compiled_query
from portal.core.serving.editions import Edition

NEWEST = 100
MOST_TOPICS = 10
MOST_AUTHORS = 4


def topics_of(placements: PlacementQuerySet, edition: Edition, but: Topic | None = None) -> list[Topic]:
    """Return the topics of a list without the topic `but`."""
    return _known(_topic_keys(placements), edition, but)


def topics_below(above: int, edition: Edition, now: datetime) -> list[Topic]:
    """Return the topics of the list of a page, given by its key."""
    return _known(_topic_keys_below(above, now), edition)


def _known(keys: Iterable[int], edition: Edition, but: Topic | None = None) -> list[Topic]:
    known = {topic.pk: topic for topic in edition.topics if topic != but}
    return [known[key] for key in keys if key in known][:MOST_TOPICS]


def _topic_keys(placements: PlacementQuerySet) -> QuerySet[Any, Any]:
    newest = placements.newest_first()[:NEWEST].values("card_id")
    counted = PageTopic.objects.filter(page__in=newest).order_by().values("topic").annotate(stories=Count("pk"))
    ranked: QuerySet[Any, Any] = counted.order_by("-stories", "topic").values_list("topic", flat=True)
    return ranked


@compiled_query
def _topic_keys_below(above: Any, now: Any) -> QuerySet[Any, Any]:
    return _topic_keys(Placement.objects.in_lists_of(above, now))


def authors_of(placements: PlacementQuerySet, edition: Edition) -> list[Person]:
    """Return the authors of a list who have a page of their own at this site."""
    return list(_authors(placements, edition.site))


def authors_below(above: int, edition: Edition, now: datetime) -> list[Person]:
    """Return the authors of the list of a page, given by its key, who have a page of their own at this site."""
    return _authors_below(above, edition.site.pk, now)


def _authors(placements: PlacementQuerySet, site: Site) -> QuerySet[Person]:
    newest = placements.newest_first()[:NEWEST].values("card_id")
    signed = Byline.objects.filter(page__in=newest).order_by()
    own = signed.filter(person=OuterRef("pk")).values("person").annotate(stories=Count("pk"))
    # Only the few who signed are counted, not everybody of the network.
    people = Person.objects.available_at(site).filter(has_page=True, pk__in=signed.values("person"))
    ranked = people.annotate(stories=Subquery(own.values("stories"))).order_by("-stories", "name", "pk")
    return ranked.select_related("picture")[:MOST_AUTHORS]


@compiled_query
def _authors_below(above: Any, site: Any, now: Any) -> QuerySet[Person]:
    return _authors(Placement.objects.in_lists_of(above, now), site)
