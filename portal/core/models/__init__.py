"""The records that every app stands on."""

from .consent import ConsentWords
from .departures import Departure
from .duties import DutyRecord
from .listing import Placement, StoryCard
from .names import SharedName
from .pages import PortalPage, PortalPageManager, PortalPageQuerySet
from .people import Byline, Person
from .related import RelatedStory
from .settings import SiteSettings, TypeScale
from .sharing import Share
from .snapshot import Stamp
from .stories import StoryPage
from .topics import PageTopic, Topic

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
