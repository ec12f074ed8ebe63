"""The documents whose downloads a site counts: those in its own folders and in those of the network."""

from django.db.models import Q, QuerySet
from wagtail.models import Collection

from portal.content.records.settings import SiteSettings
from portal.media.models import Document


def documents_of(site: int) -> QuerySet[Document]:
    """The documents that are in no folder of another site."""
    roots = SiteSettings.objects.exclude(site=site).exclude(media_collection=None)
    others = Q(pk__in=[])
    for path in roots.values_list("media_collection__path", flat=True):
        others |= Q(path__startswith=path)
    return Document.objects.exclude(collection__in=Collection.objects.filter(others).values("pk"))
