"""The records of the newsletters."""

from portal.newsletter.models.pages import IssuePage, NewsletterPage
from portal.newsletter.models.sendings import Delivery, Sending, ToldStory
from portal.newsletter.models.subscribers import ChosenSection, Rhythm, Step, Subscriber

__all__ = [
    "ChosenSection",
    "Delivery",
    "IssuePage",
    "NewsletterPage",
    "Rhythm",
    "Sending",
    "Step",
    "Subscriber",
    "ToldStory",
]
