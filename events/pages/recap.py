"""The recap page: a story that looks back on an event."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _, ngettext
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.widgets import AdminDateInput
from wagtail.api import APIField
from wagtail.search import index

from articles.stories import StoryPage
from articles.structured_data import story_things
from events.blocks import Documents, Partners, Photos, Replay, Speakers
from events.editing.widgets import EventChooser
from events.pages import structured
from events.pages.event import EventPage
from events.records.dates import Occurrence
from events.records.rows import EventRow, address_of_date, row_of
from events.recurrence import SINGLE
from portal.content.blocks.streams import PortalStreamField
from portal.content.kinds import Kind, Listed
from portal.content.records.cards import Card, TreePosition
from portal.content.serving.editions import Edition, MenuLink, edition_of, is_visible
from portal.content.structured_data.pages import Context
from portal.content.structured_data.schema import Data
from portal.formats.fields import PAST
from portal.platform.operation.compiled import compiled_query


class RecapPage(StoryPage):
    """A story that looks back on an event, or on one date of a series.

    Day, place, speakers and partners are copies that remain when the event is changed or deleted.
    """

    kind = Kind(name="recap", order=40, icon="history", listed=Listed.STORIES)
    written_about = "ended_without_recap"
    paper_fields = (*StoryPage.paper_fields, "photos")

    event = models.ForeignKey(
        EventPage, on_delete=models.SET_NULL, null=True, blank=True, related_name="recaps", verbose_name=_("event")
    )
    event_date = models.DateField(
        _("day"),
        null=True,
        blank=True,
        help_text=_("The day of the event; for a series, the date that the recap is about."),
    )
    occurrence = models.ForeignKey(
        Occurrence, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="recaps"
    )

    place = models.CharField(_("place"), max_length=200, blank=True)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True, help_text=_("How many came."))
    companies = models.PositiveIntegerField(_("companies"), null=True, blank=True, help_text=_("How many took part."))
    photos = PortalStreamField(Photos(), blank=True, verbose_name=_("photos"))
    replay = PortalStreamField(Replay(), blank=True, max_num=1, verbose_name=_("replay"))
    slides = PortalStreamField(Documents(), blank=True, verbose_name=_("slides and documents"))
    speakers = PortalStreamField(Speakers(), blank=True, verbose_name=_("speakers"))
    partners = PortalStreamField(Partners(), blank=True, verbose_name=_("partners"))

    content_panels = [
        *StoryPage.content_panels[:2],
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel("event", widget=EventChooser),
                        FieldPanel("event_date", widget=AdminDateInput({PAST: ""})),
                    ]
                ),
                FieldPanel("place"),
            ],
            heading=_("Event"),
        ),
        StoryPage.content_panels[2],
        FieldRowPanel([FieldPanel("people"), FieldPanel("companies")], heading=_("In figures")),
        StoryPage.content_panels[3],
        FieldPanel("photos"),
        MultiFieldPanel(
            [FieldPanel("replay"), FieldPanel("slides"), FieldPanel("speakers"), FieldPanel("partners")],
            heading=_("Replay, slides, speakers and partners"),
            classname="collapsed",
        ),
        *StoryPage.content_panels[4:],
    ]
    search_fields = [
        *StoryPage.search_fields,
        index.SearchField("place"),
        index.SearchField("photos"),
        index.SearchField("replay"),
        index.SearchField("slides"),
        index.SearchField("speakers"),
        index.SearchField("partners"),
    ]
    search_names = ("place",)
    search_texts = (*StoryPage.search_texts, "photos", "replay", "slides", "speakers", "partners")
    api_fields = [*StoryPage.api_fields, *(APIField(name) for name in ("event_date", "place", "people", "companies"))]
    served_select_related = (*StoryPage.served_select_related, "event__venue", "occurrence__venue")
    template = "events/recap_page.html"
    parent_page_types = ["events.CalendarPage"]
    subpage_types: list[str] = []
    page_description = _("What an event was like, for those who could not come.")

    class Meta:
        verbose_name = _("recap")
        verbose_name_plural = _("recaps")

    @property
    def place_on_cards(self) -> str:
        return self.place

    def clean(self):
        super().clean()
        if self.event and self.event.locale_id != self.locale_id:
            # A new translation still refers to its original's event.
            self.event = self.event.get_translation_or_none(self.locale) or self.event
        self.occurrence = self._occurrence_on_event_date()
        if self.event and self.event_date and not self.occurrence and self.event.live:
            raise ValidationError({"event_date": _("The event does not take place on this day.")})

    def _occurrence_on_event_date(self) -> Occurrence | None:
        """Return the event's occurrence on `event_date`. Without a date, return a single event's only occurrence."""
        if not self.event_id:
            return None
        dates = Occurrence.objects.filter(event=self.event_id)
        if self.event_date:
            on_day = dates.filter(first_day__lte=self.event_date, last_day__gte=self.event_date)
            # If there are two occurrences on that day, prefer the one that the draft was created for.
            return on_day.filter(pk=self.occurrence_id).first() or on_day.order_by("is_withdrawn", "start").first()
        return dates.filter(key=SINGLE, is_withdrawn=False).first()

    @property
    def about_key(self) -> int | None:
        return self.event_id

    @property
    def figures(self) -> list[dict[str, str]]:
        counted = [
            (self.people, ngettext("participant", "participants", self.people or 0)),
            (self.companies, ngettext("company", "companies", self.companies or 0)),
        ]
        return [
            {"value": number_format(count, force_grouping=True), "label": label} for count, label in counted if count
        ]

    @property
    def gallery(self) -> dict[str, list[Any]]:
        return {"images": [block.value for block in self.photos]}

    @property
    def ends_at(self) -> datetime | None:
        """The end of the occurrence, or of the event's last one; None without an event or a date."""
        dates = Occurrence.objects.filter(pk=self.occurrence_id)
        if not self.occurrence_id and self.event_id:
            dates = Occurrence.objects.filter(event=self.event_id).not_withdrawn()
        # An event that was never published has no occurrences.
        return dates.aggregate(last=Max("end"))["last"] or (self.event.end if self.event else None)

    @classmethod
    def feed_subjects(cls, cards: list[Card], edition: Edition, now: datetime) -> dict[int, MenuLink]:
        """The event of each recap, if readers may see it."""
        found = {}
        # These are plain values: page objects would take four times as long in each feed with a recap.
        for recap, title, path, url_path, expires_at, date, url_path_of_date in _subjects([card.pk for card in cards]):
            if is_visible(path, expires_at, edition, now):
                address = url_path if date is None else address_of_date(url_path_of_date, date)
                found[recap] = MenuLink(title, edition.url_of(TreePosition(path, address)), path)
        return found

    def structured_data(self, edition: Edition, context: Context) -> list[Data]:
        about = structured.event_summary(self.event, edition, context.get("recapped_date")) if self.event else None
        return story_things(self, edition, context, about=about)

    def get_context(self, request, *args, **kwargs):
        if self.event and not self.event.is_visible_in(edition_of(request), timezone.now()):
            # The reader may not see the event. The page is only changed in memory.
            self.event = self.occurrence = None
        date = self.occurrence or (self.event.only_date if self.event else None)
        if date and self.event_date and not date.first_day <= self.event_date <= date.last_day:
            # The single event was later moved to another day.
            self.event = self.occurrence = date = None
        if date and self.event:
            date.event = self.event
        return super().get_context(request, *args, **kwargs) | {
            "recapped_date": date,
            "recapped_row": row_of(date) if date else None,
        }


class RecapRequest(models.Model):
    """Records that the organiser was reminded to write a recap of an occurrence, so that only one reminder is sent."""

    occurrence = models.OneToOneField(
        Occurrence, on_delete=models.CASCADE, primary_key=True, related_name="recap_request"
    )
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("request for a recap")
        verbose_name_plural = _("requests for recaps")

    def __str__(self):
        return f"{self.occurrence_id}: {self.asked_at}"


def recaps_by_date(dates: Iterable[EventRow], edition: Edition, now: datetime) -> dict[int, RecapPage]:
    """Return the public recaps of past occurrences, by the occurrence's primary key.

    A recap without an occurrence is about all occurrences of its event.
    """
    ended = {date.pk: date for date in dates if date.is_past(now)}
    if not ended:
        return {}
    events = {date.event_id for date in ended.values()}
    # Filter by event only: SQLite does not use an index on `occurrence`, which is mostly NULL.
    recaps = RecapPage.objects.visible_in(edition, now).filter(event__in=events)
    found: dict[int, RecapPage] = {}
    for recap in recaps.defer("body"):
        for key, date in ended.items():
            if recap.occurrence_id == key or (not recap.occurrence_id and recap.event_id == date.event_id):
                found[key] = recap
    return found


SUBJECT_COLUMNS = (
    "pk",
    "event__title",
    "event__path",
    "event__url_path",
    "event__expire_at",
    "occurrence__key",
    "occurrence__event__url_path",
)


@compiled_query
def _subjects(keys: Any) -> models.QuerySet[RecapPage, tuple[Any, ...]]:
    return RecapPage.objects.filter(pk__in=keys, event__live=True).values_list(*SUBJECT_COLUMNS)
