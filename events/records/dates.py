"""Published events' dates and their placements in lists, written by `events.occurrences` at publication."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from events.availability import SeatAvailability
from events.dating import Span, dates_of
from events.records.rows import COLUMNS, EventRow, HasDate, address_of_date, row_from
from events.records.venues import Venue
from events.recurrence import Expansion
from events.status import Attendance, EventStatus
from portal.content.records.topics import PageTopic, Topic
from portal.content.visibility import in_trash
from portal.platform.operation.compiled import compiled_query
from portal.platform.zones import zone

# A time before any event: the value of `listed_from` for an event's first date.
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
# A series' page shows a year of weekly dates; its calendar file has all of them.
MAX_DATES_SHOWN = 60
# Organisers are reminded of a recap within this time after the end.
RECAP_WINDOW = timedelta(days=90)


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    def for_rows(self) -> Self:
        """Load the relations that a list row shows, and defer long text."""
        names = ("body", "programme", "speakers", "partners", "documents", "questions", "consent")
        return self.select_related("event__venue", "event__lead_image", "venue", "seats").defer(
            *(f"event__{name}" for name in names)
        )

    def as_rows(self) -> dict[int, EventRow]:
        return {values[0]: row_from(values) for values in self.in_columns()}

    def in_columns(self) -> models.QuerySet[Any, Any]:
        """Return the values that `row_from` expects, in any order."""
        later = Occurrence.objects.not_withdrawn().exclude(status=EventStatus.CANCELLED)
        later = later.filter(event=OuterRef("event"), start__gt=OuterRef("start"))
        return self.order_by().annotate(has_later_dates=Exists(later)).values_list(*COLUMNS)

    def not_withdrawn(self) -> Self:
        """The dates that the event still has, including cancelled ones."""
        return self.filter(is_withdrawn=False)

    def nearest(self, now: datetime, first: str = "") -> Self:
        """Order: the date with the key `first`, then the next ones, then past ones, the most recent first."""
        is_first = Case(When(key=first, then=Value(0)), default=Value(1))
        is_past = Case(When(end__lte=now, then=Value(1)), default=Value(0))
        coming = Case(When(end__gt=now, then=F("start")), output_field=models.DateTimeField())
        return self.order_by(is_first, is_past, coming, "-start", "pk")

    def awaiting_recap(self, now: datetime) -> Self:
        """The last date of each published event that took place within `RECAP_WINDOW` and has no recap, latest first.

        A recap draft in any of the event's languages counts. A recap without a date counts for all dates.
        """
        took_place = (
            self.not_withdrawn().exclude(status=EventStatus.CANCELLED).exclude(event__status=EventStatus.CANCELLED)
        )
        took_place = took_place.filter(event__live=True, event__alias_of=None, end__lte=now, end__gt=now - RECAP_WINDOW)
        later = Occurrence.objects.not_withdrawn().filter(event=OuterRef("event"), end__lte=now)
        later = later.exclude(status=EventStatus.CANCELLED)
        later = later.filter(Q(end__gt=OuterRef("end")) | Q(end=OuterRef("end"), pk__gt=OuterRef("pk")))
        recaps = apps.get_model("events", "RecapPage").objects.filter(
            ~in_trash(),
            Q(occurrence=None) | Q(occurrence__key=OuterRef("key")),
            event__translation_key=OuterRef("event__translation_key"),
        )
        return took_place.filter(~Exists(later), ~Exists(recaps)).order_by("-end", "-pk")


class Occurrence(HasDate, models.Model):  # type: ignore[django-manager-missing]
    """One date of a published event.

    A date that the event no longer has is withdrawn, not deleted, because registrations and recaps refer to it. `key`
    identifies it in URLs and does not change when the date is moved: it is the day given by the rule.
    """

    event = models.ForeignKey("events.EventPage", on_delete=models.CASCADE, related_name="occurrences")
    key = models.CharField(max_length=20)
    original_start = models.DateTimeField()
    start = models.DateTimeField()
    end = models.DateTimeField()
    # In the event's zone. A night belongs to the previous day (see EventSettings.night_ends).
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
    # Place and address, folded by `fold_text` for the place filter.
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
    def shown_title(self) -> str:
        return self.title or self.event.title

    @property
    def shown_place(self) -> str:
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
    def availability(self) -> SeatAvailability | None:
        """The seats of this date; None if people do not register on this site."""
        event = self.event
        if not event.takes_registrations:
            return None
        return SeatAvailability(
            capacity=event.capacity,
            taken=self.seats.taken if self.seats else 0,
            # With approval, people wait for the organiser, not for a seat.
            waiting=self.seats.waiting if self.seats and not event.is_by_approval else 0,
            has_waiting_list=event.has_waiting_list,
            closes_at=event.registration_closes_at(self.start),
            is_marked_full=self.status == EventStatus.FULL,
            is_off=self.is_cancelled or self.is_withdrawn,
        )

    @property
    def shown_status(self) -> EventStatus:
        """The status, or "full" if a scheduled date has no seat left."""
        status = EventStatus(self.status)
        if status == EventStatus.SCHEDULED and (availability := self.availability) and availability.is_full:
            return EventStatus.FULL
        return status

    @property
    def url_path(self) -> str:
        """The URL path from the root of the tree, as for pages."""
        return address_of_date(self.event.url_path, self.key)

    @property
    def path(self) -> str:
        return self.event.path


@compiled_query
def nearest_dates(event: Any, now: Any, first: Any) -> models.QuerySet[Occurrence]:
    """The first dates of an event, ordered like `nearest`."""
    dates = Occurrence.objects.filter(event=event).not_withdrawn().select_related("venue__map_image", "seats")
    return dates.nearest(now, first)[:MAX_DATES_SHOWN]


def occurrences_of(
    page: Any, expansion: Expansion, night_ends: int, published: Mapping[str, Occurrence] | None = None
) -> Iterator[Occurrence]:
    """Yield unsaved occurrences for an event's dates; `published` has its stored ones by key."""
    for values in dates_of(page, expansion, night_ends, published):
        yield Occurrence(event=page, **values)


class OccurrencePlacementQuerySet(models.QuerySet["OccurrencePlacement"]):
    def in_lists_of(self, above: int, now: datetime) -> Self:
        """The placements in the lists of the page with this primary key that readers may see at `now`."""
        return self.shown_at(now).filter(above=above)

    def shown_at(self, now: datetime) -> Self:
        return self.filter(Q(hidden_at__isnull=True) | Q(hidden_at__gt=now))

    def in_network_lists_of(self, above: int, homes: Iterable[int], now: datetime) -> Self:
        """The placements in the list of a page, and in those of the home pages `homes` of other sites.

        Each event is included once: copies that the other sites share are left out, and so are originals with a copy
        below the page itself, and events that both sites have from the same calendar.
        """
        own = OccurrencePlacement.objects.in_lists_of(above, now)
        copies = own.filter(event__alias_of=OuterRef("event_id"))
        twins = own.filter(event__uid=OuterRef("event__uid")).exclude(event__uid="")
        foreign = Q(above__in=homes, event__alias_of__isnull=True) & ~Exists(copies) & ~Exists(twins)
        return self.shown_at(now).filter(Q(above=above) | foreign)

    def upcoming(self, now: datetime) -> Self:
        """The current or next date of each event that is not over, earliest first.

        If the next date is cancelled, it is listed together with the next date that takes place.
        """
        # `is_over` shortens the index scan; `end` excludes dates that have ended since the flags were set.
        return self.filter(is_over=False, end__gt=now, listed_from__lte=now).order_by("start", "occurrence_id")

    def past(self, now: datetime) -> Self:
        """The last date of each past event, most recent first."""
        return self.filter(over_at__lte=now).order_by("-over_at", "-occurrence_id")

    def on_days(self, first: date, last: date) -> Self:
        """Every date that overlaps these days."""
        inside = Q(first_day__range=(first, last))
        return self.filter(inside | Q(is_long=True, first_day__lt=first, last_day__gte=first)).order_by(
            "start", "occurrence_id"
        )

    def first_of_each(self, now: datetime, span: Span | None = None, venues: Iterable[int] | None = None) -> Self:
        """The first date of each event that is not over, in these days and at one of these venues, earliest first.

        If this date is cancelled, it is listed together with the next such date that takes place.
        """
        same = OccurrencePlacement.objects.filter(above=OuterRef("above"), event=OuterRef("event"))
        earlier = same._ahead(now, span, venues).filter(start__lt=OuterRef("start"))
        repeats = earlier.exclude(occurrence__status=EventStatus.CANCELLED)
        return self._ahead(now, span, venues).filter(~Exists(repeats)).order_by("start", "occurrence_id")

    def _ahead(self, now: datetime, span: Span | None, venues: Iterable[int] | None) -> Self:
        found = self.filter(is_over=False, end__gt=now)
        if span:
            inside = Q(first_day__range=(span.first, span.last)) | Q(first_day__lt=span.first, start__gte=span.evening)
            found = found.filter(inside | Q(is_long=True, first_day__lt=span.first, last_day__gte=span.first))
        return found if venues is None else found.at_venues(venues)

    def at_venues(self, venues: Iterable[int]) -> Self:
        """The dates at one of these venues. The place of a date takes precedence over its event's."""
        inherited = Q(occurrence__venue__isnull=True, occurrence__place="", event__venue__in=venues)
        return self.filter(Q(occurrence__venue__in=venues) | inherited)

    def at_any_venue(self) -> Any:
        """The dates at a venue, each with its key as `venue_key`, by the rule of `at_venues`."""
        inherited = Case(When(occurrence__place="", then="event__venue"))
        return self.annotate(venue_key=Coalesce("occurrence__venue", inherited)).filter(venue_key__isnull=False)

    def about(self, topics: Iterable[Topic | int]) -> Self:
        return self.filter(event_id__in=PageTopic.objects.filter(topic__in=topics).values("page_id"))

    def attended(self, attendance: Attendance | str) -> Self:
        """The dates that can be attended in this way. A mixed date matches both ways."""
        return self.filter(attendance__in=(attendance, Attendance.MIXED))

    def at(self, text: str) -> Self:
        """The dates whose place contains this text, folded by `fold_text`."""
        return self.filter(occurrence__where__contains=text)

    def as_dates(self) -> list[EventRow]:
        """Return the dates in a slice of placements, in the same order, as list rows.

        This takes two queries, because PostgreSQL would apply LIMIT after all joins. The second query also filters by
        event; otherwise PostgreSQL would read all pages.
        """
        return _in_order(dict(self.values_list("occurrence_id", "event_id")))


class OccurrencePlacement(models.Model):
    """A date in the list of one page above its event, with copies of the columns that lists filter by.

    At `listed_from`, this date becomes its event's next one. At `over_at`, the event becomes a past one; this is set on
    only one of its dates. So every event is in exactly one of the two lists at any time, although no row changes as
    time passes. `is_over` is a hint that may be set late.
    """

    above = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+", db_index=False)
    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="placements")
    event = models.ForeignKey("events.EventPage", on_delete=models.CASCADE, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    first_day = models.DateField()
    last_day = models.DateField()
    is_long = models.BooleanField(default=False)
    listed_from = models.DateTimeField(default=EARLIEST)
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


@compiled_query
def next_keys(above: Any, now: Any, besides: Any, *, count: int) -> models.QuerySet[Any, Any]:
    found = OccurrencePlacement.objects.in_lists_of(above, now).upcoming(now).exclude(event=besides)
    return found[:count].values_list("occurrence_id", "event_id")


def upcoming_dates(above: int, now: datetime, count: int, *, besides: int = 0) -> list[EventRow]:
    """The next dates below a page that readers may see, except those of the event `besides`."""
    return _in_order(dict(next_keys(above, now, besides, count=count)))


@compiled_query
def _listed(dates: Any, events: Any) -> models.QuerySet[Any, Any]:
    listed = Occurrence.objects.filter(pk__in=dates, event__id__in=events, event__live=True)
    return listed.in_columns()


def rows_of(keys: Mapping[int, int]) -> dict[int, EventRow]:
    """Return rows by date for `keys`, which maps dates to events, if the events are live."""
    return {values[0]: row_from(values) for values in _listed(list(keys), list(keys.values()))}


def _in_order(keys: dict[int, int]) -> list[EventRow]:
    found = rows_of(keys)
    return [found[key] for key in keys if key in found]


class CalendarEntry(models.Model):
    """A published event's version numbers for other calendars (RFC 5545, sections 3.8.7.3 and 3.8.7.4), and its text.

    A change of dates, place or status increments `sequence`; any change that a calendar shows raises `modified_at`. The
    two hashes detect these changes. The rule's dates are computed up to `horizon`, or completely if it is None.
    """

    event = models.OneToOneField("events.EventPage", on_delete=models.CASCADE, primary_key=True, related_name="entry")
    sequence = models.PositiveIntegerField(default=0)
    modified_at = models.DateTimeField()
    schedule_hash = models.CharField(max_length=64)
    details_hash = models.CharField(max_length=64)
    horizon = models.DateTimeField(null=True, db_index=True)
    # The VEVENTs, written at publication: a feed only concatenates them.
    text = models.TextField(default="")

    class Meta:
        verbose_name = _("calendar entry")
        verbose_name_plural = _("calendar entries")

    def __str__(self):
        return f"{self.event_id} {self.sequence}"
