"""Letters to the people registered for an event: written by its organiser, approved by a second person, sent once."""

from hashlib import blake2b
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.models import Site

from events.records.dates import Occurrence
from events.records.registrations import DateSeats, Registration, RegistrationQuerySet
from events.status import EventStatus


class EventLetterQuerySet(models.QuerySet["EventLetter"]):
    def of_event(self, event: Any) -> Self:
        return self.filter(event__translation_key=event.translation_key)


def _person() -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")


class EventLetter(models.Model):
    """A letter about an event, or about its date `date`. `language` limits it to those who registered in it.

    Copies are queued in the order of registrations: `queued_to` is the last one's primary key; `copies` counts them.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("a letter", "draft")
        WAITING = "waiting", pgettext_lazy("a letter", "waits for approval")
        APPROVED = "approved", pgettext_lazy("a letter", "being sent")
        SENT = "sent", pgettext_lazy("a letter", "sent")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey("events.EventPage", on_delete=models.CASCADE, related_name="letters")
    date = models.ForeignKey(DateSeats, on_delete=models.CASCADE, null=True, related_name="+")
    language = models.CharField(_("language"), max_length=12, blank=True)
    subject = models.CharField(pgettext_lazy("of a letter", "subject"), max_length=150)
    text = models.TextField(_("text"), max_length=5000)
    state = models.CharField(pgettext_lazy("of a letter", "state"), max_length=10, choices=State, default=State.DRAFT)
    written_by = _person()
    changed_at = models.DateTimeField(default=timezone.now)
    approved_by = _person()
    approved_at = models.DateTimeField(null=True)
    # The approver's reason for sending the letter back; empty once it is submitted again.
    remark = models.TextField(pgettext_lazy("of a letter", "comment"), max_length=1000, blank=True, db_default="")
    returned_by = _person()
    queued_to = models.BigIntegerField(default=0)
    copies = models.PositiveIntegerField(default=0)

    objects = EventLetterQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("letter to registered people")
        verbose_name_plural = _("letters to registered people")
        ordering = ["-changed_at", "-pk"]

    def __str__(self):
        return self.subject

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    def recipients(self) -> RegistrationQuerySet:
        """The registrations with a place, one for each address. Those made after the approval are left out.

        Without a date, these are the registrations for dates that take place and are not over. If there is no such
        date, they are those for future cancelled dates; and once all dates are over, those for all dates.
        """
        until = self.approved_at or timezone.now()
        found = Registration.objects.of_event(self.event).filter(registered_at__lte=until)
        ahead = Occurrence.objects.filter(seats__event_key=self.event.event_key, end__gt=until)
        coming = ahead.not_withdrawn().exclude(status=EventStatus.CANCELLED).filter(event__live=True)
        if self.date_id:
            found = found.filter(date=self.date_id)
        elif ahead.exists():
            found = found.filter(date__in=(coming if coming.exists() else ahead).values("seats"))
        if self.language:
            found = found.filter(language=self.language)
        # Somebody who cancels one of two registrations after its copy was queued gets no second copy.
        had_place = Q(state=Registration.State.CONFIRMED) | Q(cancelled_at__gte=until, pk__lte=self.queued_to)
        earlier = found.filter(had_place, same_address=OuterRef("same_address"), pk__lt=OuterRef("pk"))
        return found.confirmed().filter(~Exists(earlier)).order_by("pk")

    def seen_hash(self) -> str:
        """A hash of everything that an approval covers: text, recipients and their number."""
        facts = [self.subject, self.text, self.language, self.date_id, self.recipients().count()]
        return blake2b(repr(facts).encode(), digest_size=16).hexdigest()


def dates_with_seats(event: Any) -> dict[int | None, Occurrence]:
    """An event's dates that people have registered for, by their seats and by start.

    They are those of the page itself if it is published, otherwise those of a published translation.
    """
    found = Occurrence.objects.filter(seats__event_key=event.event_key).select_related("event__venue", "venue")
    # Of those with the same seats, the last one is returned.
    dates = sorted(found, key=lambda date: (date.event.live, date.event_id == event.pk, date.pk))
    by_seats = {date.seats_id: date for date in dates}
    return dict(sorted(by_seats.items(), key=lambda item: item[1].start))


# The states in which a letter can be changed.
OPEN = (EventLetter.State.DRAFT, EventLetter.State.WAITING)
