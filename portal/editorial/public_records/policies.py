"""Permission policies for catalogue records: changing a published one needs permission to publish on its site."""

from typing import Any

from portal.content.permissions import PortalPageTester
from portal.content.records.catalogue import CatalogueRecord
from portal.content.records.outlines import MapOutline
from portal.content.records.people import Person
from portal.content.records.policies import CataloguePolicy
from portal.content.records.topics import Topic
from portal.editorial.published_records import ProtectsPublishedRecords, is_published_record


class PublishedCataloguePolicy(ProtectsPublishedRecords, CataloguePolicy):
    def _may_write(self, user: Any, instance: CatalogueRecord) -> bool:
        # Only network administrators have permission to change records without a site.
        if instance.site is None or user.is_superuser:
            return True
        if PortalPageTester(user, instance.site.root_page).has_permission("publish"):
            return True
        return not is_published_record(instance)


CATALOGUE_POLICIES = [PublishedCataloguePolicy(model) for model in (Topic, Person, MapOutline)]
