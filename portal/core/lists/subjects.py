"""What the newest stories of a list are about, and who wrote them; the most frequent first.

Each takes one query, whose cost does not grow with the list.
"""

from django.db.models import Count, OuterRef, Subquery

from portal.core.models import Byline, PageTopic, Person, Topic
from portal.core.models.listing import PlacementQuerySet
from portal.core.serving.editions import Edition

NEWEST = 100
MOST_TOPICS = 10
MOST_AUTHORS = 4


def topics_of(placements: PlacementQuerySet, edition: Edition, but: Topic | None = None) -> list[Topic]:
    """Return the topics of a list without the topic `but`."""
    newest = placements.newest_first()[:NEWEST].values("card_id")
    counted = PageTopic.objects.filter(page__in=newest).order_by().values("topic").annotate(stories=Count("pk"))
    known = {topic.pk: topic for topic in edition.topics if topic != but}
    ranked = counted.order_by("-stories", "topic").values_list("topic", flat=True)
    return [known[key] for key in ranked if key in known][:MOST_TOPICS]


def authors_of(placements: PlacementQuerySet, edition: Edition) -> list[Person]:
    """Return the authors of a list who have a page of their own at this site."""
    newest = placements.newest_first()[:NEWEST].values("card_id")
    signed = Byline.objects.filter(page__in=newest).order_by()
    own = signed.filter(person=OuterRef("pk")).values("person").annotate(stories=Count("pk"))
    # Only the few who signed are counted, not everybody of the network.
    people = Person.objects.available_at(edition.site).filter(has_page=True, pk__in=signed.values("person"))
    ranked = people.annotate(stories=Subquery(own.values("stories"))).order_by("-stories", "name", "pk")
    return list(ranked.select_related("picture")[:MOST_AUTHORS])
