"""Recaps: stories that look back on an event."""

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
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.search import index

from events import structured
from events.blocks import Documents, Partners, Photos, Replay, Speakers
from events.models.dates import Occurrence
from events.models.event import EventPage
from events.recurrence import SINGLE
from portal.core.kinds import StoryKind
from portal.core.lists.cards import Card
from portal.core.models import StoryPage
from portal.core.serving.editions import Edition, MenuLink, edition_of
from portal.core.structured_data.pages import Context, story_things
from portal.core.structured_data.schema import Data


class RecapPage(StoryPage):
    """A story that looks back on an event; that of a series names the date that it was.

    Its day, place, speakers and partners are its own: they stay when the event is changed or deleted.
    """

    kind = StoryKind.RECAP

    event = models.ForeignKey(
        EventPage, on_delete=models.SET_NULL, null=True, blank=True, related_name="recaps", verbose_name=_("event")
    )
    event_date = models.DateField(
        _("day"),
        null=True,
        blank=True,
        help_text=_("The day that this looks back on; it says which date of a series."),
    )
    occurrence = models.ForeignKey(
        Occurrence, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="recaps"
    )

    place = models.CharField(_("place"), max_length=200, blank=True)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True, help_text=_("How many came."))
    companies = models.PositiveIntegerField(_("companies"), null=True, blank=True, help_text=_("How many took part."))
    photos = StreamField(Photos(), blank=True, verbose_name=_("photos"))
    replay = StreamField(Replay(), blank=True, max_num=1, verbose_name=_("replay"))
    slides = StreamField(Documents(), blank=True, verbose_name=_("slides and documents"))
    speakers = StreamField(Speakers(), blank=True, verbose_name=_("speakers"))
    partners = StreamField(Partners(), blank=True, verbose_name=_("partners"))

    content_panels = [
        *StoryPage.content_panels[:2],
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("event"), FieldPanel("event_date")]), FieldPanel("place")],
            heading=_("What it looks back on"),
        ),
        StoryPage.content_panels[2],
        FieldRowPanel([FieldPanel("people"), FieldPanel("companies")], heading=_("In figures")),
        StoryPage.content_panels[3],
        FieldPanel("photos"),
        FieldPanel("replay"),
        FieldPanel("slides"),
        FieldPanel("speakers"),
        FieldPanel("partners"),
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
    api_fields = [*StoryPage.api_fields, *(APIField(name) for name in ("event_date", "place", "people", "companies"))]
    served_select_related = (*StoryPage.served_select_related, "event__venue", "occurrence__venue")
    template = "events/recap_page.html"
    parent_page_types = ["events.CalendarPage"]
    subpage_types: list[str] = []
    page_description = _("What an event was like, for those who could not come.")

    class Meta:
        verbose_name = _("recap")
        verbose_name_plural = _("recaps")

    def clean(self):
        super().clean()
        if self.event and self.event.locale_id != self.locale_id:
            # A translation comes with the event that its original looks back on.
            self.event = self.event.get_translation_or_none(self.locale) or self.event
        self.occurrence = self._named_date()
        if self.event_id and self.event_date and not self.occurrence and self.event.live:
            raise ValidationError({"event_date": _("The event has no date on this day.")})

    def _named_date(self) -> Occurrence | None:
        """The date of the event that `event_date` names, or the only one that it has."""
        if not self.event_id:
            return None
        dates = Occurrence.objects.filter(event=self.event_id)
        if self.event_date:
            on_day = dates.filter(first_day__lte=self.event_date, last_day__gte=self.event_date)
            # Of two dates on one day it stays with the one that it was begun for.
            return on_day.filter(pk=self.occurrence_id).first() or on_day.order_by("is_withdrawn", "start").first()
        return dates.filter(key=SINGLE, is_withdrawn=False).first()

    @property
    def about_key(self) -> int | None:
        return self.event_id

    @property
    def figures(self) -> list[dict[str, str]]:
        """How many came, as figures are shown; the numbers in the active language."""
        counted = [
            (self.people, ngettext("participant", "participants", self.people or 0)),
            (self.companies, ngettext("company", "companies", self.companies or 0)),
        ]
        return [
            {"value": number_format(count, force_grouping=True), "label": label} for count, label in counted if count
        ]

    @property
    def gallery(self) -> dict[str, list[Any]]:
        """Its photos as a gallery in a text has them."""
        return {"images": [block.value for block in self.photos]}

    @property
    def ends_at(self) -> datetime | None:
        """When what it looks back on is over: its date, or the last one of a series; None where that is not known."""
        dates = Occurrence.objects.filter(pk=self.occurrence_id)
        if not self.occurrence_id and self.event_id:
            dates = Occurrence.objects.filter(event=self.event_id).standing()
        # An event that was never published has no dates that readers know.
        return dates.aggregate(last=Max("end"))["last"] or (self.event.end if self.event else None)

    def structured_data(self, edition: Edition, context: Context) -> list[Data]:
        about = structured.in_short(self.event, edition, context.get("looked_back_on")) if self.event else None
        return story_things(self, edition, context, about=about)

    def get_context(self, request, *args, **kwargs):
        if self.event and not self.event.is_visible_in(edition_of(request), timezone.now()):
            # What a reader may not see is not there for the template either; this copy of the page is not saved.
            self.event = self.occurrence = None
        date = self.occurrence or (self.event.only_date if self.event else None)
        if date and self.event:
            date.event = self.event
        return super().get_context(request, *args, **kwargs) | {"looked_back_on": date}


class RecapRequest(models.Model):
    """That an organiser was asked, once, for the recap of a date that is over."""

    occurrence = models.OneToOneField(
        Occurrence, on_delete=models.CASCADE, primary_key=True, related_name="recap_request"
    )
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("request for a recap")
        verbose_name_plural = _("requests for recaps")

    def __str__(self):
        return f"{self.occurrence_id}: {self.asked_at}"


def recapped(dates: Iterable[Occurrence], edition: Edition, now: datetime) -> dict[int, RecapPage]:
    """The public recap of each of the dates that has one, by the date's key.

    A recap that names no date of a series speaks of the whole of it, once it is over.
    """
    ended = {date.pk: date for date in dates if date.is_past(now)}
    if not ended:
        return {}
    events = {date.event_id for date in ended.values()}
    # By their events alone: most recaps name no date, and SQLite takes an index of mostly nothing for worthless.
    recaps = RecapPage.objects.visible_in(edition, now).filter(event__in=events)
    found: dict[int, RecapPage] = {}
    for recap in recaps.defer("body"):
        for key, date in ended.items():
            if recap.occurrence_id == key or (not recap.occurrence_id and recap.event_id == date.event_id):
                found[key] = recap
    return found


def events_looked_back_on(cards: Iterable[Card], edition: Edition, now: datetime) -> dict[int, MenuLink]:
    """The event of each recap, as far as readers may see it, by the key of the recap."""
    keys = [card.pk for card in cards if card.kind == StoryKind.RECAP]
    if not keys:
        return {}
    recaps = RecapPage.objects.filter(pk__in=keys, event__isnull=False).select_related("event", "occurrence__event")
    texts = ("body", "event__body", "event__programme", "occurrence__event__body", "occurrence__event__programme")
    found = {}
    for recap in recaps.defer(*texts):
        if recap.event.is_visible_in(edition, now):
            shown = recap.occurrence or recap.event
            found[recap.pk] = MenuLink(recap.event.title, edition.url_of(shown), recap.event.path)
    return found
