"""An event page's fields for registration on this site."""

from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from events.clock import instant, midnight
from portal.content.blocks.questions import FormQuestionBlock
from portal.content.blocks.streams import PortalStreamField
from portal.content.pages.pages import PortalPage
from portal.platform.zones import zone

MAX_SEATS = 20
# If a date has at most this many seats, one person may register for all of them.
FEW_SEATS = 4
# The fields shared by all languages of an event.
REGISTRATION_FIELDS = (
    "takes_registrations",
    "capacity",
    "has_waiting_list",
    "confirmation",
    "most_seats",
    "registration_until",
    "registration_lead",
    "reminder_hours",
    "sends_thanks",
)
# Two weeks.
MAX_REMINDER_HOURS = 14 * 24
MAX_QUESTIONS = 8


class Confirmation(models.TextChoices):
    """When a registration made with the form becomes valid."""

    AT_ONCE = "at_once", _("at once")
    BY_MAIL = "mail", _("when the link in the mail is followed")
    BY_APPROVAL = "approval", _("when the organiser gives a place")


class RegistrablePage(PortalPage):
    """An event's registration settings. Each date has its own seats.

    With a capacity of 0, nobody gets a seat automatically. If there is a waiting list, everybody waits until the
    organiser admits them. If not, the event is full from the start.
    """

    takes_registrations = models.BooleanField(
        _("registration here"),
        default=False,
        help_text=_("Readers register on this site, separately for each date. This replaces a registration elsewhere."),
    )
    capacity = models.PositiveIntegerField(
        _("places"),
        null=True,
        blank=True,
        help_text=_("For each date. Empty: no limit. 0: only you can give people a place."),
    )
    has_waiting_list = models.BooleanField(
        _("waiting list"),
        default=False,
        help_text=_(
            "When no places are left, people join the waiting list and get a place automatically when one is free."
        ),
    )
    confirmation = models.CharField(
        _("a registration is valid"),
        max_length=10,
        choices=Confirmation,
        default=Confirmation.BY_MAIL,
        help_text=_("A place is held for 30 minutes until the link in the mail is followed; then it goes to others."),
    )
    most_seats = models.PositiveSmallIntegerField(
        _("places for one registration at most"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_SEATS)],
    )
    registration_until = models.DateField(
        _("last day to register"), null=True, blank=True, help_text=_("Empty: until the date begins.")
    )
    registration_lead = models.PositiveSmallIntegerField(
        _("hours before the start at which registration closes"), default=0, validators=[MaxValueValidator(24 * 60)]
    )
    questions = PortalStreamField(
        [("question", FormQuestionBlock())],
        blank=True,
        verbose_name=pgettext_lazy("of a registration", "questions"),
        max_num=MAX_QUESTIONS,
    )
    consent = models.TextField(
        _("consent"),
        max_length=800,
        blank=True,
        help_text=_("What readers must agree to. Empty: that their answers are kept to organise the event."),
    )
    reminder_hours = models.PositiveSmallIntegerField(
        _("hours before the start at which people are reminded"),
        default=24,
        db_default=24,
        validators=[MaxValueValidator(MAX_REMINDER_HOURS)],
        help_text=_("A mail to everybody who has a place, with time, place and a link to cancel. 0: no reminder."),
    )
    reminder_note = models.TextField(
        _("sentence in the reminder"),
        max_length=400,
        blank=True,
        default="",
        db_default="",
        help_text=_("What to bring, which entrance to take. In the language of this page."),
    )
    offers_recap_news = models.BooleanField(
        _("offer news of the recap"),
        default=False,
        help_text=_("Asks those who register whether they want a mail when the recap is published."),
    )
    sends_thanks = models.BooleanField(
        _("thank people with the recap"),
        default=True,
        db_default=True,
        help_text=_(
            "One mail with the link when the recap is published: to those on the check-in list as here, or to all if "
            "it was not used. Whoever was offered news of the recap and did not want it gets none."
        ),
    )

    class Meta:
        abstract = True

    @property
    def largest_share(self) -> int | None:
        """The maximum number of a date's seats for one person, and for one source within a day; None without limit."""
        return (self.capacity + 1) // 2 if self.capacity and self.capacity > FEW_SEATS else None

    @property
    def seats_for_one(self) -> int:
        return min(self.most_seats, self.largest_share or self.most_seats)

    @property
    def is_by_approval(self) -> bool:
        return self.confirmation == Confirmation.BY_APPROVAL

    def registration_closes_at(self, start: datetime) -> datetime:
        """Return when registration closes for a date with this start. Never later than the start."""
        closes_at = start - timedelta(hours=self.registration_lead)
        if self.registration_until is None:
            return closes_at
        last = midnight(self.registration_until + timedelta(days=1))
        return min(closes_at, instant(last, zone(self.time_zone)))  # type: ignore[attr-defined]
