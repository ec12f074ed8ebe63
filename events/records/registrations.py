"""The seats of events' dates, and the registrations for them."""

from datetime import datetime
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.models import Site

from portal.content.records.consent import ConsentVersion


class EventConsent(ConsentVersion):
    """A version of the registration consent text."""


class DateSeats(models.Model):
    """The seats of one date, shared by all languages of its event; created by the first registration.

    Its row is locked during every change to its registrations (see `events.registration.booking`), so that the last
    seat is given only once. The two counts are computed from the registrations.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    event_key = models.UUIDField()
    date_key = models.CharField(max_length=20)
    taken = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("seats of a date")
        verbose_name_plural = _("seats of dates")
        constraints = [models.UniqueConstraint(fields=["event_key", "date_key"], name="events_seats_once")]

    def __str__(self):
        return f"{self.event_key} {self.date_key}"

    def recount(self) -> None:
        has_seat = Q(state=Registration.State.CONFIRMED) | Q(state=Registration.State.HELD, waiting_since=None)
        seats = Coalesce(Sum("seats", filter=has_seat), 0)
        waiting = Count("pk", filter=Q(state=Registration.State.WAITING))
        counted = self.registrations.aggregate(taken=seats, waiting=waiting)
        self.taken, self.waiting = counted["taken"], counted["waiting"]
        self.save(update_fields=["taken", "waiting"])


class CheckInCount(NamedTuple):
    """How many people were registered, and how many were checked in: 0 if the check-in list was not used."""

    registered: int
    came: int


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def active(self) -> Self:
        return self.exclude(state__in=[Registration.State.CANCELLED, Registration.State.LAPSED])

    def settled(self) -> Self:
        return self.filter(state__in=[Registration.State.CONFIRMED, Registration.State.WAITING])

    def lapsing(self, now: datetime) -> Self:
        return self.filter(state=Registration.State.HELD, held_until__lte=now)

    def confirmed(self) -> Self:
        return self.filter(state=Registration.State.CONFIRMED)

    def waiting(self) -> Self:
        return self.filter(state=Registration.State.WAITING).order_by("waiting_since", "pk")

    def of_event(self, event: Any) -> Self:
        return self.filter(date__event_key=event.event_key)

    def of_person(self, address: str) -> Self:
        """The registrations of an email address in the form of `portal.platform.addresses.address_key`."""
        return self.filter(same_address=address)

    def expired(self, now: datetime) -> Self:
        return self.filter(delete_at__lte=now)

    def to_remind_of(self, date: Any, since: datetime) -> Self:
        """The confirmed registrations for an occurrence without a mail since this time, made before it."""
        unmailed = Q(last_mailed_at__lt=since) | Q(last_mailed_at=None, registered_at__lt=since)
        return self.confirmed().filter(unmailed, event=date.event_id, date=date.seats_id)

    def to_notify_of_recap(self, event: Any, date: Any = None) -> Self:
        """The confirmed registrations with consent to recap news that were not notified yet.

        `date` is the recap's occurrence; None means all dates. The caller sets `recap_notified_at`.
        """
        found = self.of_event(event).confirmed().filter(recap_agreed_at__isnull=False, recap_notified_at=None)
        return found if date is None else found.filter(date=date.seats_id)

    def to_thank(self, event: Any, date: Any, now: datetime) -> Self:
        """The confirmed registrations for ended dates without a mail about the recap, unless they declined it.

        `date` is the recap's occurrence; None means all dates. The caller sets `recap_notified_at`.
        """
        found = self.of_event(event).confirmed().filter(recap_notified_at=None, date__occurrences__end__lte=now)
        found = found.exclude(Q(date__occurrences__status="cancelled") | Q(date__occurrences__is_withdrawn=True))
        found = found.exclude(recap_consent__isnull=False, recap_agreed_at=None)
        return (found if date is None else found.filter(date=date.seats_id)).distinct()

    def attendance(self, event: Any, date: Any = None) -> "CheckInCount":
        """Count the places of an event or of one of its dates."""
        found = self.of_event(event).confirmed()
        if date is not None:
            found = found.filter(date=date.seats_id)
        here = Sum("seats", filter=Q(checked_in_at__isnull=False))
        counted = found.aggregate(registered=Coalesce(Sum("seats"), 0), came=Coalesce(here, 0))
        return CheckInCount(**counted)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete the registrations and update their dates' counts."""
        dates = list(DateSeats.objects.filter(pk__in=self.values("date")))
        deleted = super().delete()
        for date in dates:
            date.recount()
        return deleted

    delete.alters_data = True  # type: ignore[attr-defined]


class Registration(models.Model):
    """One person's registration for one date. `answers` is `[[question, answer], …]`.

    `event` is the page on which they registered. `notified` is the last snapshot of the date sent to them: see
    `events.registration.notify`. An unconfirmed registration holds its seats until `held_until`, or a position on the
    waiting list if it has `waiting_since`. `held_by` is a keyed hash of the client's network address.
    """

    class State(models.TextChoices):
        CONFIRMED = "confirmed", pgettext_lazy("a registration", "Confirmed")
        WAITING = "waiting", pgettext_lazy("a registration", "Waiting")
        CANCELLED = "cancelled", pgettext_lazy("a registration", "Cancelled")
        HELD = "held", pgettext_lazy("a registration", "To be confirmed")
        LAPSED = "lapsed", pgettext_lazy("a registration", "Not confirmed")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    date = models.ForeignKey(DateSeats, on_delete=models.CASCADE, related_name="registrations")
    event = models.ForeignKey("events.EventPage", on_delete=models.SET_NULL, null=True, related_name="registrations")
    language = models.CharField(_("language"), max_length=12)
    state = models.CharField(pgettext_lazy("of a registration", "state"), max_length=10, choices=State)
    name = models.CharField(_("name"), max_length=200)
    address = models.EmailField(_("e-mail address"))
    same_address = models.CharField(max_length=254, db_index=True)
    seats = models.PositiveSmallIntegerField(_("places"), default=1)
    answers = models.JSONField(_("answers"), default=list)
    # The answers as text, which every database can search.
    answers_text = models.TextField(_("answers"), blank=True, editable=False)
    registered_at = models.DateTimeField(_("registered on"), default=timezone.now)
    waiting_since = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True, db_index=True)
    held_by = models.CharField(max_length=40, blank=True, db_index=True)
    cancelled_at = models.DateTimeField(_("cancelled on"), null=True)
    checked_in_at = models.DateTimeField(_("here since"), null=True)
    checked_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("checked in by"),
    )
    # The organiser who added the registration. No consent text was shown in that case.
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("added by")
    )
    consent = models.ForeignKey(
        EventConsent, on_delete=models.RESTRICT, null=True, related_name="+", verbose_name=_("agreed to")
    )
    recap_consent = models.ForeignKey(
        EventConsent, on_delete=models.RESTRICT, null=True, related_name="+", verbose_name=_("news of the recap")
    )
    recap_agreed_at = models.DateTimeField(_("news of the recap wanted since"), null=True)
    recap_notified_at = models.DateTimeField(null=True)
    notified = models.JSONField(default=dict)
    # The last mail with time and place. It replaces the reminder if it was sent within the reminder's hours.
    last_mailed_at = models.DateTimeField(null=True)
    delete_at = models.DateTimeField(_("deleted on"), db_index=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["registered_at", "pk"]
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = [models.Index(fields=["date", "state", "waiting_since"], name="events_registration_in_line")]
        constraints = [
            models.UniqueConstraint(
                fields=["date", "same_address"],
                condition=~Q(state__in=["cancelled", "lapsed"]),
                name="events_registration_once",
            )
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.answers_text = "; ".join(f"{question}: {answer}" for question, answer in self.answers if answer)
        return super().save(*args, **kwargs)

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_held(self) -> bool:
        return self.state == self.State.HELD

    @property
    def is_lapsed(self) -> bool:
        return self.state == self.State.LAPSED

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def waiting_position(self) -> int:
        """The position on the waiting list, from 1; 0 for a registration that is not waiting."""
        if not self.is_waiting:
            return 0
        ahead = Q(waiting_since__lt=self.waiting_since) | Q(waiting_since=self.waiting_since, pk__lte=self.pk)
        return self.date.registrations.waiting().filter(ahead).count()
