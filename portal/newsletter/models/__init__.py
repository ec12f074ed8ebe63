"""The models of the newsletter."""

from portal.newsletter.models.imports import ListImport
from portal.newsletter.models.pages import IssuePage, NewsletterPage
from portal.newsletter.models.sendings import AnnouncedStory, Delivery, Sending
from portal.newsletter.models.subscribers import ChosenSection, ConsentStep, Rhythm, Subscriber

__all__ = [
    "AnnouncedStory",
    "ChosenSection",
    "ConsentStep",
    "Delivery",
    "IssuePage",
    "ListImport",
    "NewsletterPage",
    "Rhythm",
    "Sending",
    "Subscriber",
]
