"""The topics of a list: what its newest stories are about."""

from django.db.models import Count

from portal.core.models import PageTopic, Topic
from portal.core.models.listing import PlacementQuerySet
from portal.core.serving.editions import Edition

NEWEST = 100
MOST_TOPICS = 10


def topics_of(placements: PlacementQuerySet, edition: Edition, but: Topic | None = None) -> list[Topic]:
    """Return the topics of the newest stories of a list, the most frequent first, without the topic `but`.

    One query, whose cost does not grow with the list.
    """
    newest = placements.newest_first()[:NEWEST].values("card_id")
    counted = PageTopic.objects.filter(page__in=newest).order_by().values("topic").annotate(stories=Count("pk"))
    known = {topic.pk: topic for topic in edition.topics if topic != but}
    ranked = counted.order_by("-stories", "topic").values_list("topic", flat=True)
    return [known[key] for key in ranked if key in known][:MOST_TOPICS]
