"""The languages into which a topic can be translated."""

from django.db.models import QuerySet
from wagtail.models import Locale

from portal.content.records.topics import Topic


def missing_languages(topic: Topic) -> QuerySet[Locale]:
    """Return the languages of the topic's site, or of the network, without a translation of the topic."""
    missing = Locale.objects.exclude(pk__in=topic.get_translations(inclusive=True).values("locale"))
    if topic.site is None:
        return missing
    return missing.filter(pk__in=topic.site.root_page.get_translations(inclusive=True).values("locale"))
