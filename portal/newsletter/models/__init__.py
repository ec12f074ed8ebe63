"""The records of the newsletters."""

from .pages import IssuePage, NewsletterPage
from .sendings import Delivery, Sending, ToldStory
from .subscribers import ChosenSection, Rhythm, Step, Subscriber

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
