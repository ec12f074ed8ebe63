"""The dates of published events: what a list shows of each, and where in the tree it is listed.

`events.occurrences` keeps them in step with the pages; a draft has none.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from events.date_words import when_words
from events.dating import dates_of
from events.models.venues import Venue
from events.places import Places
from events.recurrence import SINGLE, Expansion
from events.status import Attendance, EventStatus
from portal.core.models import PageTopic, Topic
from portal.core.zones import zone

# Before every date: what the first date of an event comes after.
EVER = datetime(1, 1, 2, tzinfo=UTC)
# So many dates of a series stand on its page.
DATES_SHOWN = 10
# After that, nobody is asked for a recap any more.
LOOKED_BACK_ON = timedelta(days=90)


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    def for_rows(self) -> Self:
        """With what a row of a list shows, and without the texts."""
        names = ("body", "programme", "speakers", "partners", "documents", "questions", "consent")
        return self.select_related("event__venue", "venue", "seats").defer(*(f"event__{name}" for name in names))

    def standing(self) -> Self:
        """Those that the event still has."""
        return self.filter(is_withdrawn=False)

    def nearest(self, now: datetime, first: str = "") -> Self:
        """The one with the key `first`, then the next ones, then those that are over, the last of them first."""
        is_asked = Case(When(key=first, then=Value(0)), default=Value(1))
        is_past = Case(When(end__lte=now, then=Value(1)), default=Value(0))
        coming = Case(When(end__gt=now, then=F("start")), output_field=models.DateTimeField())
        return self.order_by(is_asked, is_past, coming, "-start", "pk")

    def awaiting_recap(self, now: datetime) -> Self:
        """Of each published event the last date that took place in the last three months, unless somebody has begun to
        look back on it, in any language; the last ones first.

        A recap that names no date looks back on all of them.
        """
        took_place = self.standing().exclude(status=EventStatus.CANCELLED).exclude(event__status=EventStatus.CANCELLED)
        took_place = took_place.filter(
            event__live=True, event__alias_of=None, end__lte=now, end__gt=now - LOOKED_BACK_ON
        )
        later = Occurrence.objects.standing().filter(event=OuterRef("event"), end__lte=now)
        later = later.exclude(status=EventStatus.CANCELLED)
        later = later.filter(Q(end__gt=OuterRef("end")) | Q(end=OuterRef("end"), pk__gt=OuterRef("pk")))
        recaps = apps.get_model("events", "RecapPage").objects.filter(
            Q(occurrence=None) | Q(occurrence__key=OuterRef("key")),
            event__translation_key=OuterRef("event__translation_key"),
        )
        return took_place.filter(~Exists(later), ~Exists(recaps)).order_by("-end", "-pk")


class Occurrence(models.Model):  # type: ignore[django-manager-missing]
    """One date of a published event.

    It lives as long as its event: a registration or a recap can point to it. What the event no longer has is withdrawn,
    not deleted. `key` names it in addresses and never changes: the day that the rule gave it, wherever it was moved.
    """

    event = models.ForeignKey("events.EventPage", on_delete=models.CASCADE, related_name="occurrences")
    key = models.CharField(max_length=20)
    original_start = models.DateTimeField()
    start = models.DateTimeField()
    end = models.DateTimeField()
    # On the clock of the event; a night counts for its evening (see EventSettings).
    first_day = models.DateField()
    last_day = models.DateField()
    is_all_day = models.BooleanField(default=False)
    is_open_ended = models.BooleanField(default=False)
    status = models.CharField(max_length=12, choices=EventStatus, default=EventStatus.SCHEDULED)
    previous_start = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=255, blank=True)
    venue = models.ForeignKey("events.Venue", on_delete=models.SET_NULL, null=True, related_name="+")
    place = models.CharField(max_length=200, blank=True)
    online_url = models.URLField(blank=True)
    # The words of the place as the filter of a list compares them.
    where = models.CharField(max_length=800, blank=True)
    is_added = models.BooleanField(default=False)
    is_changed = models.BooleanField(default=False)
    is_withdrawn = models.BooleanField(default=False)
    seats = models.ForeignKey(
        "events.DateSeats", on_delete=models.SET_NULL, null=True, editable=False, related_name="occurrences"
    )

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("date")
        verbose_name_plural = _("dates")
        ordering = ["start", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "key"], name="events_occurrence_once")]
        indexes = [models.Index(fields=["event", "start"], name="events_occurrence_by_event")]

    def __str__(self):
        return f"{self.title or self.event} {self.key}"

    @property
    def zone(self) -> ZoneInfo:
        return zone(self.event.time_zone)

    @property
    def local_start(self) -> datetime:
        return self.start.astimezone(self.zone)

    @property
    def local_end(self) -> datetime:
        return self.end.astimezone(self.zone)

    @property
    def month(self) -> date:
        """The first day of its month."""
        return self.first_day.replace(day=1)

    @property
    def lasts_days(self) -> bool:
        return self.first_day != self.last_day

    @property
    def when(self) -> str:
        """Its time in words, in the active language."""
        return when_words(
            self.start,
            self.end,
            self.zone,
            all_day=self.is_all_day,
            open_end=self.is_open_ended,
            last_day=self.last_day,
        )

    @property
    def shown_title(self) -> str:
        return self.title or self.event.title

    @property
    def shown_place(self) -> str:
        """The name of the place: this date's own, else the event's."""
        return self.place or (self.venue.name if self.venue else "") or self.event.shown_place

    @property
    def shown_venue(self) -> Venue | None:
        return self.venue or (None if self.place else self.event.venue)

    @property
    def shown_address(self) -> str:
        if self.venue:
            return self.venue.address
        return "" if self.place else self.event.shown_address

    @property
    def shown_online_url(self) -> str:
        return self.online_url or self.event.online_url

    @property
    def is_cancelled(self) -> bool:
        return self.status == EventStatus.CANCELLED

    @property
    def places(self) -> Places | None:
        """Its places, where one can register for it here."""
        event = self.event
        if not event.takes_registrations:
            return None
        return Places(
            capacity=event.capacity,
            taken=self.seats.taken if self.seats else 0,
            waiting=self.seats.waiting if self.seats else 0,
            has_waiting_list=event.has_waiting_list,
            closes_at=event.registration_closes_at(self.start),
            is_full_by_hand=self.status == EventStatus.FULL,
            is_off=self.is_cancelled or self.is_withdrawn,
        )

    @property
    def shown_status(self) -> EventStatus:
        """Its status; full as soon as no place is left, whoever said so."""
        status = EventStatus(self.status)
        if status == EventStatus.SCHEDULED and (places := self.places) and places.is_full:
            return EventStatus.FULL
        return status

    @property
    def url_path(self) -> str:
        """Its address from the root of the tree, as pages have one; that of its event if that has no other date."""
        return self.event.url_path if self.key == SINGLE else f"{self.event.url_path}{self.key}/"

    @property
    def path(self) -> str:
        return self.event.path

    def is_past(self, now: datetime) -> bool:
        return self.end <= now


def occurrences_of(
    page: Any, expansion: Expansion, night_ends: int, known: Mapping[str, Occurrence] | None = None
) -> Iterator[Occurrence]:
    """The rows of an event's dates, not saved; `known` are those that readers know, by key."""
    for each in dates_of(page, expansion, night_ends, known):
        yield Occurrence(event=page, **vars(each))


class OccurrencePlacementQuerySet(models.QuerySet["OccurrencePlacement"]):
    def in_lists_of(self, above: int, now: datetime) -> Self:
        """The dates at any depth below the page with this key that a reader may see at `now`."""
        return self.filter(Q(hidden_at__isnull=True) | Q(hidden_at__gt=now), above=above)

    def upcoming(self, now: datetime) -> Self:
        """Each event that is not over, once, with its running or next date; the next one first.

        A cancelled date stands beside it as long as it would have been the next.
        """
        # What the last sweep has found over is not walked along; what has ended since falls to the exact bound.
        return self.filter(is_over=False, end__gt=now, listed_from__lte=now).order_by("start", "occurrence_id")

    def past(self, now: datetime) -> Self:
        """Each event whose last date is over, once, with that date; the last one first."""
        return self.filter(over_at__lte=now).order_by("-over_at", "-occurrence_id")

    def on_days(self, first: date, last: date) -> Self:
        """Every date that overlaps these days."""
        inside = Q(first_day__range=(first, last))
        return self.filter(inside | Q(is_long=True, first_day__lt=first, last_day__gte=first)).order_by(
            "start", "occurrence_id"
        )

    def about(self, topics: Iterable[Topic | int]) -> Self:
        return self.filter(event_id__in=PageTopic.objects.filter(topic__in=topics).values("page_id"))

    def attended(self, attendance: Attendance | str) -> Self:
        """Those that can be attended this way; what is both is either."""
        return self.filter(attendance__in=(attendance, Attendance.MIXED))

    def at(self, words: str) -> Self:
        """Those whose place has these words, written as `where` is."""
        return self.filter(occurrence__where__contains=words)

    def as_dates(self) -> list[Occurrence]:
        """The dates of a slice of placements, in its order, ready for a list.

        Two queries: with the cut inside of so many joins, PostgreSQL joins everything first. It is told of the pages by
        their keys as well, or it would read all pages in the order of theirs.
        """
        keys = dict(self.values_list("occurrence_id", "event_id"))
        wanted = Occurrence.objects.filter(pk__in=list(keys), event__id__in=list(keys.values()), event__live=True)
        found = wanted.for_rows().in_bulk() if keys else {}
        return [found[key] for key in keys if key in found]


class OccurrencePlacement(models.Model):
    """A date in the lists of one page above its event; what lists are cut by repeats the date's for the index.

    `listed_from` is the end of the date before it, from which on this one is the next; `over_at`, on one date of each
    event only, the end of the event's last date, from which on the event is past. So every event is in exactly one of
    the two lists at any moment, without anything being written when time passes. `is_over` is a hint that may be late.
    """

    above = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+", db_index=False)
    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="placements")
    event = models.ForeignKey("events.EventPage", on_delete=models.CASCADE, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    first_day = models.DateField()
    last_day = models.DateField()
    is_long = models.BooleanField(default=False)
    listed_from = models.DateTimeField(default=EVER)
    over_at = models.DateTimeField(null=True)
    is_over = models.BooleanField(default=False)
    attendance = models.CharField(max_length=8, choices=Attendance, blank=True)
    hidden_at = models.DateTimeField(null=True)

    objects = OccurrencePlacementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["above", "is_over", "start", "occurrence", "listed_from", "end", "hidden_at"],
                name="events_placement_next",
            ),
            models.Index(
                "above",
                models.F("over_at").desc(),
                models.F("occurrence").desc(),
                "hidden_at",
                name="events_placement_past",
                condition=Q(over_at__isnull=False),
            ),
            models.Index(fields=["above", "first_day", "start", "occurrence"], name="events_placement_by_day"),
            models.Index(fields=["above", "last_day"], name="events_placement_long", condition=Q(is_long=True)),
        ]
        constraints = [models.UniqueConstraint(fields=["occurrence", "above"], name="events_placement_once")]

    def __str__(self):
        return f"{self.occurrence_id} in {self.above_id}"


class CalendarEntry(models.Model):
    """What other calendars are told of a published event's versions (RFC 5545, sections 3.8.7.3 and 3.8.7.4).

    `sequence` rises with a change of dates, place or status, `modified_at` with any change that a calendar shows; both
    stay when nothing did; the prints tell. `horizon` is how far the dates of its rule are worked out, None when
    all of them are.
    """

    event = models.OneToOneField("events.EventPage", on_delete=models.CASCADE, primary_key=True, related_name="entry")
    sequence = models.PositiveIntegerField(default=0)
    modified_at = models.DateTimeField()
    dates_print = models.CharField(max_length=64)
    words_print = models.CharField(max_length=64)
    horizon = models.DateTimeField(null=True, db_index=True)
    # The event as calendars read it, written when it is published: a feed only puts such texts together.
    text = models.TextField(default="")

    class Meta:
        verbose_name = _("calendar entry")
        verbose_name_plural = _("calendar entries")

    def __str__(self):
        return f"{self.event_id} {self.sequence}"
