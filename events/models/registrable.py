"""What an event says of registering for it on the site itself."""

from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField

from events.clock import instant, midnight
from portal.core.blocks.questions import FormQuestionBlock
from portal.core.models import PortalPage
from portal.core.zones import zone

MOST_SEATS = 20
# What all languages of an event share.
SEATING = (
    "takes_registrations",
    "capacity",
    "has_waiting_list",
    "most_seats",
    "registration_until",
    "registration_lead",
)
MOST_QUESTIONS = 8


class RegistrablePage(PortalPage):
    """The part of an event page that decides on its registration; each of its dates has seats of its own.

    A capacity of 0 takes nobody by itself: with a waiting list everyone waits for the organiser's word, without one the
    event is full from the start.
    """

    takes_registrations = models.BooleanField(
        _("registration here"),
        default=False,
        help_text=_("Readers register on this site, for each date by itself. It goes before a registration elsewhere."),
    )
    capacity = models.PositiveIntegerField(
        _("places"),
        null=True,
        blank=True,
        help_text=_("For each date. Empty: as many as come. 0: nobody gets a place but by your hand."),
    )
    has_waiting_list = models.BooleanField(
        _("waiting list"), default=False, help_text=_("Who comes too late waits in line, and moves up by themselves.")
    )
    most_seats = models.PositiveSmallIntegerField(
        _("places for one registration at most"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)],
    )
    registration_until = models.DateField(
        _("last day to register"), null=True, blank=True, help_text=_("Empty: until the date begins.")
    )
    registration_lead = models.PositiveSmallIntegerField(
        _("hours before the start at which registration closes"), default=0, validators=[MaxValueValidator(24 * 60)]
    )
    questions = StreamField(
        [("question", FormQuestionBlock())], blank=True, verbose_name=_("questions"), max_num=MOST_QUESTIONS
    )
    consent = models.TextField(
        _("consent"),
        max_length=800,
        blank=True,
        help_text=_("What readers must agree to. Empty: that their answers are kept to organise the event."),
    )
    offers_recap_news = models.BooleanField(
        _("offer news of the recap"),
        default=False,
        help_text=_("Asks those who register whether they want a letter when the recap is published."),
    )

    class Meta:
        abstract = True

    def registration_closes_at(self, start: datetime) -> datetime:
        """When registration ends for a date that begins at `start`: with its beginning at the latest."""
        closes_at = start - timedelta(hours=self.registration_lead)
        if self.registration_until is None:
            return closes_at
        last = midnight(self.registration_until + timedelta(days=1))
        return min(closes_at, instant(last, zone(self.time_zone)))  # type: ignore[attr-defined]
