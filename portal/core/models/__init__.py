"""The records that every app stands on."""

from portal.core.models.catalogue import SharedName
from portal.core.models.consent import ConsentWords
from portal.core.models.content_version import Stamp
from portal.core.models.listing import Placement, StoryCard
from portal.core.models.pages import PortalPage, PortalPageManager, PortalPageQuerySet
from portal.core.models.people import Byline, Person
from portal.core.models.periodic_runs import DutyRecord
from portal.core.models.related import RelatedStory
from portal.core.models.removed_addresses import Departure
from portal.core.models.settings import SiteSettings, TypeScale
from portal.core.models.sharing import Share
from portal.core.models.stories import StoryPage
from portal.core.models.topics import PageTopic, Topic

__all__ = [
    "Byline",
    "ConsentWords",
    "Departure",
    "DutyRecord",
    "PageTopic",
    "Person",
    "Placement",
    "PortalPage",
    "PortalPageManager",
    "PortalPageQuerySet",
    "RelatedStory",
    "Share",
    "SharedName",
    "SiteSettings",
    "Stamp",
    "StoryCard",
    "StoryPage",
    "Topic",
    "TypeScale",
]
