"""The models that all apps share."""

from portal.core.models.catalogue import CatalogueRecord
from portal.core.models.consent import ConsentVersion
from portal.core.models.content_version import ContentChange
from portal.core.models.listing import Placement, StoryCard
from portal.core.models.maintenance import MaintenanceRun, SchedulerPause
from portal.core.models.pages import PortalPage, PortalPageManager, PortalPageQuerySet
from portal.core.models.people import Byline, Person
from portal.core.models.periodic_runs import PeriodicRun
from portal.core.models.related import RelatedStory
from portal.core.models.removed_addresses import FormerHost, RemovedAddress
from portal.core.models.settings import SiteSettings, TypeScale
from portal.core.models.sharing import Share
from portal.core.models.stories import StoryPage
from portal.core.models.topics import PageTopic, Topic

__all__ = [
    "Byline",
    "CatalogueRecord",
    "ConsentVersion",
    "ContentChange",
    "FormerHost",
    "MaintenanceRun",
    "PageTopic",
    "PeriodicRun",
    "Person",
    "Placement",
    "PortalPage",
    "PortalPageManager",
    "PortalPageQuerySet",
    "RelatedStory",
    "RemovedAddress",
    "SchedulerPause",
    "Share",
    "SiteSettings",
    "StoryCard",
    "StoryPage",
    "Topic",
    "TypeScale",
]
