"""The models that all apps share."""

from portal.content.pages.pages import PortalPage
from portal.content.records.catalogue import CatalogueRecord
from portal.content.records.consent import ConsentVersion
from portal.content.records.listing import Placement, StoryCard
from portal.content.records.people import Byline, Person
from portal.content.records.removed_addresses import FormerHost, RemovedAddress
from portal.content.records.settings import SiteSettings, TypeScale
from portal.content.records.sharing import Share
from portal.content.records.topics import PageTopic, Topic
from portal.content.serving.served import PortalPageManager, PortalPageQuerySet
from portal.platform.records.content_version import ContentChange
from portal.platform.records.maintenance import MaintenanceRun, SchedulerPause
from portal.platform.records.periodic_runs import PeriodicRun

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
    "RemovedAddress",
    "SchedulerPause",
    "Share",
    "SiteSettings",
    "StoryCard",
    "Topic",
    "TypeScale",
]
