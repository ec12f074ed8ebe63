"""The models that all apps share."""

from portal.content.network.retention import NetworkRetention as NetworkRetention
from portal.content.pages.pages import PortalPage as PortalPage
from portal.content.records.catalogue import CatalogueRecord as CatalogueRecord
from portal.content.records.consent import ConsentVersion as ConsentVersion
from portal.content.records.hosts import FurtherHost as FurtherHost
from portal.content.records.listing import Placement as Placement, StoryCard as StoryCard
from portal.content.records.network_notice import NetworkNotice as NetworkNotice
from portal.content.records.outlines import MapOutline as MapOutline
from portal.content.records.people import Byline as Byline, Person as Person
from portal.content.records.removed_addresses import RemovedAddress as RemovedAddress
from portal.content.records.robots import UnindexedPage as UnindexedPage
from portal.content.records.settings import SiteSettings as SiteSettings, TypeScale as TypeScale
from portal.content.records.sharing import Share as Share
from portal.content.records.topics import PageTopic as PageTopic, Topic as Topic
from portal.content.records.trash import DeletedRecord as DeletedRecord, TrashedPage as TrashedPage
from portal.content.serving.served import (
    PortalPageManager as PortalPageManager,
    PortalPageQuerySet as PortalPageQuerySet,
)
from portal.platform.records.content_version import ContentChange as ContentChange
from portal.platform.records.maintenance import MaintenanceRun as MaintenanceRun, SchedulerPause as SchedulerPause
from portal.platform.records.periodic_runs import PeriodicRun as PeriodicRun
