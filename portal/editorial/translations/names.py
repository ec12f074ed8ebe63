"""Names, such as topics, in other languages."""

from django.db.models import QuerySet
from wagtail.models import Locale

from portal.core.models import Topic


def languages_left(name: Topic) -> QuerySet[Locale]:
    """The languages of its site, or of the network, that a name is not in yet."""
    left = Locale.objects.exclude(pk__in=name.get_translations(inclusive=True).values("locale"))
    if name.site is None:
        return left
    return left.filter(pk__in=name.site.root_page.get_translations(inclusive=True).values("locale"))
