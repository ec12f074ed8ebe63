"""The event page: its subject, dates, place and people."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from rest_framework.fields import ReadOnlyField
from wagtail.api import APIField
from wagtail.models import Page
from wagtail.search import index
from wagtail.url_routing import RouteResult
from wagtail_localize.fields import SynchronizedField

from events.blocks import Documents, Partners, Programme, Speakers
from events.clock import FIRST_YEAR, LAST_YEAR, instant, is_plausible, last_day_of, midnight, wall_time
from events.editing.forms import EventPageForm
from events.editing.panels import event_panels
from events.formatting.dates import format_days
from events.formatting.rules import format_rule
from events.pages import structured
from events.pages.event_context import event_context
from events.records.dates import Occurrence, nearest_dates
from events.records.registrable import REGISTRATION_FIELDS, RegistrablePage
from events.records.rows import HasDate
from events.records.series import ChangedDate
from events.records.venues import Venue
from events.recurrence import SINGLE, Rule, RuleError, Series, horizon_from
from events.status import Attendance, EventStatus
from portal.content.api import fields as api
from portal.content.blocks.bodies import StoryBody
from portal.content.blocks.pictures import ALT_HELP, DECORATIVE_HELP
from portal.content.blocks.streams import PortalStreamField
from portal.content.kinds import HAS_ALT, HAS_STANDFIRST, HAS_TOPIC, Kind, Listed, Requirement
from portal.content.serving.editions import Edition
from portal.content.structured_data.pages import Context
from portal.content.structured_data.schema import Data
from portal.platform.zones import time_zones, zone

MAX_KEY_LENGTH = 20
CURRENCIES = ("EUR", "CHF", "GBP", "USD")
PRICE_FIELDS = ("price_amount", "price_currency")


HAS_DATE = Requirement("when", _("Say when the event takes place."), "start", lambda page: page.start is not None)
HAS_PLACE = Requirement(
    "where",
    _("Say where the event takes place, or give the address of an online one."),
    "place",
    lambda page: any((page.place, page.venue_id, page.address, page.online_url)),
)
# Imported events need no topic, because partners' calendars have none, and approvers cannot edit the draft.
HAS_TOPIC_OR_SOURCE = HAS_TOPIC._replace(
    is_met=lambda page: HAS_TOPIC.is_met(page) or (page.pk is not None and page.imports.exists())
)


class EventPage(HasDate, RegistrablePage):
    """An event with one date or a series of dates.

    `start` and `end` are those of the first date. `events.occurrences` writes the public dates at publication.
    """

    is_item = True
    kind = Kind(name="event", order=30, icon="calendar", listed=Listed.EVENTS)
    requirements = (HAS_DATE, HAS_PLACE, HAS_STANDFIRST, HAS_ALT, HAS_TOPIC_OR_SOURCE)

    standfirst = models.TextField(_("standfirst"), max_length=400, blank=True)
    lead_image = models.ForeignKey(
        "media.Image", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lead image")
    )
    lead_image_alt = models.CharField(_("alternative text"), max_length=255, blank=True, help_text=ALT_HELP)
    lead_image_decorative = models.BooleanField(_("decorative"), default=False, help_text=DECORATIVE_HELP)
    lead_image_caption = models.CharField(_("caption"), max_length=300, blank=True)

    start = models.DateTimeField(_("start"), null=True, db_index=True)
    end = models.DateTimeField(_("end"), null=True, blank=True, help_text=_("Empty: the end is open."))
    is_all_day = models.BooleanField(_("all day"), default=False)
    is_open_ended = models.BooleanField(default=False, editable=False)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Paris", choices=time_zones)
    status = models.CharField(
        pgettext_lazy("of an event", "status"), max_length=12, choices=EventStatus, default=EventStatus.SCHEDULED
    )
    status_note = models.CharField(
        _("reason"), max_length=200, blank=True, help_text=_("Why it is moved or cancelled; shown to readers.")
    )
    recurrence = models.CharField(_("repeats"), max_length=500, blank=True)

    venue = models.ForeignKey(
        Venue, on_delete=models.SET_NULL, null=True, blank=True, related_name="events", verbose_name=_("venue")
    )
    place = models.CharField(
        _("place"), max_length=200, blank=True, help_text=_("In this language; empty: the name of the venue.")
    )
    address = models.CharField(_("address"), max_length=300, blank=True, help_text=_("Empty: that of the venue."))
    online_url = models.URLField(_("online link"), blank=True)

    body = PortalStreamField(StoryBody(), blank=True, verbose_name=_("text"))
    programme = PortalStreamField(Programme(), blank=True, verbose_name=_("programme"))
    speakers = PortalStreamField(Speakers(), blank=True, verbose_name=_("speakers"))
    organiser = models.CharField(_("organiser"), max_length=160, blank=True)
    organiser_url = models.URLField(_("organiser's website"), blank=True)
    partners = PortalStreamField(Partners(), blank=True, verbose_name=_("partners"))
    price = models.CharField(
        _("price"), max_length=200, blank=True, help_text=_("In words: free, 12 €, 5 € for students.")
    )
    price_amount = models.DecimalField(
        _("price as a number"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("The lowest price, for search engines, which do not understand words; 0 if it is free."),
    )
    price_currency = models.CharField(
        _("currency"), max_length=3, choices=[(code, code) for code in CURRENCIES], default=CURRENCIES[0], blank=True
    )
    registration_url = models.URLField(_("registration elsewhere"), blank=True)
    documents = PortalStreamField(Documents(), blank=True, verbose_name=_("documents"))
    contact_name = models.CharField(_("contact"), max_length=160, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=40, blank=True)

    # Set by imports and when a series is split, never by editors. An imported event keeps its source's UID.
    uid = models.CharField(max_length=500, blank=True, editable=False)
    source = models.CharField(max_length=120, blank=True, editable=False)
    source_url = models.URLField(max_length=1000, blank=True, editable=False)
    continues = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="continued_by"
    )

    content_panels = event_panels()
    promote_panels = [*RegistrablePage.promote_panels, "is_unlisted"]
    search_fields = [
        *Page.search_fields,
        index.SearchField("standfirst", boost=3),
        index.SearchField("body"),
        index.SearchField("programme"),
        index.SearchField("speakers"),
        index.SearchField("shown_place"),
        index.SearchField("organiser"),
        index.FilterField("start"),
    ]
    search_names = ("shown_place", "organiser", "speakers")
    search_texts = (
        *("body", "programme", "partners", "documents", "shown_address", "price", "contact_name"),
        *("lead_image_caption", "lead_image_alt"),
    )
    api_fields = [
        *(APIField(name) for name in ("standfirst", "start", "end", "is_all_day", "time_zone", "recurrence")),
        *(APIField(name) for name in ("status", "status_note", "online_url", "price", *PRICE_FIELDS)),
        APIField("registration_url"),
        *(APIField(name) for name in ("organiser", "organiser_url")),
        APIField("place", serializer=ReadOnlyField(source="shown_place")),
        APIField("address", serializer=ReadOnlyField(source="shown_address")),
        *api.CONTEXT,
        *api.BODY,
    ]
    # An event has the same dates and seats in all languages, so these fields follow the original.
    override_translatable_fields = [
        SynchronizedField(name, overridable=False)
        for name in ("start", "end", "is_all_day", "time_zone", "recurrence", *PRICE_FIELDS, *REGISTRATION_FIELDS)
    ]
    base_form_class = EventPageForm
    exclude_fields_in_copy = ["uid", "source", "source_url", "continues"]
    served_select_related = ("locale", "lead_image", "venue__map_image", "entry")
    template = "events/event_page.html"
    parent_page_types = ["events.CalendarPage"]
    subpage_types: list[str] = []
    page_description = _("Something that people can attend.")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["end", "start"], name="events_event_by_end")]

    # Time

    @property
    def zone(self) -> ZoneInfo:
        return zone(self.time_zone)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Start and end. Raises ValueError in a draft without a date."""
        if self.start is None or self.end is None:
            raise ValueError(f"{self} has no date yet")
        return self.start, self.end

    @property
    def first_day(self) -> date:  # type: ignore[override]
        return self.wall_span[0].date()

    @property
    def last_day(self) -> date:  # type: ignore[override]
        """The day of the last minute: an end at midnight belongs to the previous day."""
        return last_day_of(*self.wall_span)

    @property
    def wall_span(self) -> tuple[datetime, datetime]:
        """Start and end as wall times in the event's zone."""
        start, end = self.span
        return wall_time(start, self.zone), wall_time(end, self.zone)

    @property
    def series(self) -> Series:
        """The series of this version of the page. Raises ValueError without a date."""
        start, end = self.wall_span
        return Series(
            start=start,
            end=end,
            rule=self.recurrence,
            additions=tuple(added.addition(start, end) for added in self.added_dates.all()),
            gaps=tuple(pause.gap for pause in self.breaks.all()),
            changes=tuple(row.change(start, end, is_all_day=self.is_all_day) for row in self.effective_changes),
        )

    @property
    def effective_changes(self) -> list[ChangedDate]:
        """The changed dates, except rows that change nothing."""
        return [row for row in self.changed_dates.all() if not row.is_without_change]

    @property
    def is_series(self) -> bool:
        return bool(self.recurrence) or bool(self.added_dates.all())

    @property
    def recurrence_text(self) -> str:
        return format_rule(self.recurrence)

    @property
    def days_in_words(self) -> str:
        """Tells apart events of the same title; empty in a draft without a date."""
        if self.start is None:
            return ""
        return ", ".join(filter(None, [format_days(self.first_day, self.last_day), self.recurrence_text]))

    # Published dates

    @cached_property
    def only_date(self) -> Occurrence | None:
        """The public date of an event that is not a series."""
        date_ = self.occurrences.filter(key=SINGLE, is_withdrawn=False).select_related("venue", "seats").first()
        if date_:
            date_.event = self
        return date_

    @property
    def previous_start(self) -> datetime | None:
        return self.only_date.previous_start if self.only_date else None

    # Status, place and identity

    @property
    def is_cancelled(self) -> bool:
        return self.status == EventStatus.CANCELLED

    @property
    def shown_place(self) -> str:
        return self.place or (self.venue.name if self.venue else "")

    @property
    def shown_address(self) -> str:
        return self.address or (self.venue.address if self.venue else "")

    @property
    def shown_venue(self) -> Venue | None:
        return self.venue

    @property
    def shown_online_url(self) -> str:
        return self.online_url

    @property
    def attendance(self) -> Attendance:
        is_somewhere = bool(self.venue_id or self.place or self.address)
        return Attendance.at(is_somewhere=is_somewhere, is_online=bool(self.online_url))

    def source_of_draft(self) -> tuple[str, Any] | None:
        """The name and owner of the subscribed calendar that the event was imported from."""
        imported = self.imports.select_related("subscription__owner").first()
        return (imported.subscription.name, imported.subscription.owner) if imported else None

    @property
    def calendar_uid(self) -> str:
        """The UID in calendar files, the same in all languages. It does not change with title, slug, dates or site."""
        return self.uid or str(self.event_key)

    @property
    def event_key(self) -> UUID:
        """The key shared by an event's translations and aliases."""
        return (self.alias_of or self).translation_key

    # Saving

    def clean(self):
        super().clean()
        if self.lead_image_decorative:
            self.lead_image_alt = ""
        errors: dict[str, Any] = {}
        for name in ("start", "end"):
            value = getattr(self, name)
            if value and not is_plausible(value):
                bounds = {"first": FIRST_YEAR, "last": LAST_YEAR}
                errors[name] = _("The year must be between %(first)d and %(last)d.") % bounds
        if not errors and self.start and self.end and self.end < self.start:
            errors["end"] = _("The end is before the start.")
        if errors:
            raise ValidationError(errors)
        if self.start and self.end:
            try:
                # The rule is stored in normal form, so that an unchanged form does not change it.
                self.recurrence = str(Rule.parse(self.recurrence)) if self.recurrence else ""
                self.series.check(horizon_from(wall_time(timezone.now(), self.zone), self.wall_span[0]))
            except RuleError as error:
                raise ValidationError({"recurrence": str(error)}) from error

    def save(self, *args, **kwargs):
        self.normalize_span()
        return super().save(*args, **kwargs)

    def normalize_span(self) -> None:
        """Extend an all-day event from midnight to midnight, and an event without an end to the end of its day.

        Instants are converted to UTC, because in Python an ambiguous local time equals no time in another zone.
        Fractions of seconds are dropped, because calendars have none.
        """
        start = self.start
        if not (start and is_plausible(start) and (self.end is None or is_plausible(self.end))):
            return
        self.start = start = start.astimezone(UTC).replace(microsecond=0)
        self.end = self.end and self.end.astimezone(UTC).replace(microsecond=0)
        first = wall_time(start, self.zone)
        last = wall_time(self.end or start, self.zone)
        if self.is_all_day:
            if last > first and last == midnight(last.date()):
                last -= timedelta(seconds=1)
            self.start = instant(midnight(first.date()), self.zone)
            self.end = instant(midnight(last.date() + timedelta(days=1)), self.zone)
            self.is_open_ended = False
        elif self.end is None or (self.is_open_ended and last == midnight(last.date())):
            self.end = instant(midnight(first.date() + timedelta(days=1)), self.zone)
            self.is_open_ended = True
        else:
            self.is_open_ended = False

    # Serving

    @classmethod
    def has_route_below(cls, steps: list[str], edition: Edition) -> bool:
        return len(steps) == 1 and len(steps[0]) <= MAX_KEY_LENGTH

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Route `<key>/` below the event to the date with that key."""
        if not path_components:
            return super().route(request, path_components)
        key = path_components[0]
        dates = self.nearest_dates(timezone.now(), key) if self.live and key != SINGLE else []
        if not dates or dates[0].key != key:
            raise Http404
        return RouteResult(self, kwargs={"date": dates[0], "dates": dates})

    def nearest_dates(self, now: datetime, first: str = "") -> list[Occurrence]:
        """Return the public dates to show, ordered like `OccurrenceQuerySet.nearest`."""
        found = nearest_dates(self.pk, now, first)
        for row in found:
            row.event = self
        return found

    def structured_data(self, edition: Edition, context: Context) -> list[Data]:
        return structured.event_data(self, edition, context)

    def get_context(
        self, request, *args, date: Occurrence | None = None, dates: list[Occurrence] | None = None, **kwargs
    ):
        return super().get_context(request, *args, **kwargs) | event_context(self, request, date, dates)
