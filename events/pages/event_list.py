"""Lists of the events below a page: upcoming, past, by days and by month."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from articles.story_list import chosen_words, list_cache_key
from events.clock import FIRST_YEAR, LAST_YEAR, is_plausible
from events.dating import days_named
from events.formatting.folding import fold_text
from events.pages.calendar_links import calendar_links
from events.pages.event_map import PARAMETER, map_context
from events.pages.month import Month, month_context
from events.pages.recap import recaps_by_date
from events.records.dates import OccurrencePlacement, OccurrencePlacementQuerySet
from events.status import Attendance
from portal.content.lists.joined_choices import JoinedChoiceField, joined_values, set_choices
from portal.content.lists.names import list_words
from portal.content.lists.pagination import list_page
from portal.content.pages.pages import PortalPage
from portal.content.serving.editions import Edition, edition_of
from portal.editorial.roles import calendar_added

MIN_PLACE_LENGTH = 2
CHIPS = (("when", "today"), ("when", "week"), ("when", "weekend"), ("when", "month"), ("how", "online"))


def _day_field(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, input_formats=["%Y-%m-%d"], widget=widget)


class EventFilter(forms.Form):
    """The filter of an event list. A range of days includes every event that overlaps it."""

    when = forms.ChoiceField(
        label=_("When"),
        required=False,
        choices=[
            ("", _("Upcoming")),
            ("today", pgettext_lazy("events", "Today")),
            ("week", pgettext_lazy("events", "This week")),
            ("weekend", pgettext_lazy("events", "This weekend")),
            ("month", pgettext_lazy("events", "This month")),
            ("past", _("Past")),
        ],
    )
    topic = JoinedChoiceField(label=_("Topic"), required=False)
    how = JoinedChoiceField(
        label=pgettext_lazy("how to attend", "How"),
        required=False,
        choices=[("", _("On site and online")), ("onsite", _("On site")), ("online", _("Online"))],
    )
    place = forms.CharField(label=_("Place"), required=False, max_length=80)
    first = _day_field(pgettext_lazy("the first day", "From"))
    last = _day_field(pgettext_lazy("the last day", "To"))

    def __init__(self, data: QueryDict, edition: Edition):
        super().__init__(data)
        self.edition = edition
        set_choices(self, "topic", _("All topics"), ((topic.slug, topic.name) for topic in edition.topics))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("first", "last"):
            day = cleaned.get(name)
            if day and not is_plausible(day):
                words = _("The year must be between %(first)d and %(last)d.")
                self.add_error(name, words % {"first": FIRST_YEAR, "last": LAST_YEAR})
        if cleaned.get("first") and cleaned.get("last") and cleaned["last"] < cleaned["first"]:
            self.add_error("last", _("The end is before the start."))
        if "\0" in cleaned.get("place", ""):
            self.add_error("place", _("The text contains an invalid character."))
        return cleaned

    @property
    def days(self) -> tuple[date, date] | None:
        """The requested range of days. A missing bound is the earliest or latest possible day."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        if not first and not last:
            return None
        return first or date(FIRST_YEAR, 1, 1), last or date(LAST_YEAR, 12, 31)

    def narrow(self, placements: OccurrencePlacementQuerySet) -> OccurrencePlacementQuerySet:
        """Filter by topic, attendance and place. Raises Http404 for a value that this list does not offer."""
        if not self.is_valid():
            raise Http404
        chosen = self.cleaned_data
        if chosen["topic"]:
            placements = placements.about([t for t in self.edition.topics if t.slug in chosen["topic"]])
        if len(chosen["how"]) == 1:
            placements = placements.attended(Attendance(chosen["how"][0]))
        if len(place := fold_text(chosen["place"])) >= MIN_PLACE_LENGTH:
            placements = placements.at(place)
        return placements

    def apply(self, placements: OccurrencePlacementQuerySet, now: datetime) -> OccurrencePlacementQuerySet:
        placements = self.narrow(placements)
        if self.days:
            return placements.on_days(*self.days)
        if days := days_named(self.cleaned_data["when"], now.astimezone(self.edition.zone).date()):
            return placements.filter(is_over=False, end__gt=now).on_days(*days)
        return placements.past(now) if self.cleaned_data["when"] == "past" else placements.upcoming(now)


@dataclass(frozen=True)
class Chip:
    """A link above the filter that makes or undoes a frequent choice."""

    name: str
    value: str
    label: str
    is_chosen: bool


def chips_of(event_filter: EventFilter) -> list[Chip]:
    labels = {name: dict(cast(Any, event_filter.fields[name]).choices) for name, _value in CHIPS}
    chosen = {name: event_filter[name].value() for name in labels}
    return [Chip(name, value, str(labels[name][value]), chosen[name] in (value, [value])) for name, value in CHIPS]


def events_of(request: HttpRequest, page: Page, list_url: str) -> HttpResponse:
    """Respond with the events at any depth below `page`; `list_url` is this list's URL."""
    now, edition = timezone.now(), edition_of(request)
    event_filter = EventFilter(request.GET, edition)
    placements = OccurrencePlacement.objects.in_lists_of(page.pk, now)
    outline = edition.map_outline
    topics = urlencode([("topic", slug) for slug in request.GET.getlist("topic") if slug])
    context = {
        "page": page,
        "filter": event_filter,
        "chips": chips_of(event_filter),
        "list_url": list_url,
        "now": now,
        "subscriptions": calendar_links(edition, list_url, is_list=True, query=topics),
        "has_map": outline is not None,
    }
    today = now.astimezone(edition.zone).date()
    if "month" in request.GET:
        month = Month.parse(request.GET["month"])
        context |= month_context(event_filter.narrow(placements), placements, month, today, request.GET)
        context |= list_words(page, edition, "events", month=month.first)
        return TemplateResponse(request, "events/month.html", context)
    if PARAMETER in request.GET and outline:
        context |= map_context(event_filter.apply(placements, now), outline, edition, list_url, request.GET)
        context |= list_words(page, edition, "events", chosen=chosen_words(event_filter))
        return TemplateResponse(request, "events/event_map.html", context | {"this_month": Month.of(today)})
    listing = list_page(
        event_filter.apply(placements, now),
        request.GET,
        OccurrencePlacementQuerySet.as_dates,
        cache_key=list_cache_key("events", page, event_filter),
    )
    chosen = chosen_words(event_filter)
    is_own = bool(page.summary) and list_url == edition.url_of(page)
    context |= list_words(page, edition, "events", chosen=chosen, is_own=is_own)
    context |= {
        "listing": listing,
        "chosen": chosen,
        "joined": joined_values(event_filter, request.GET, list_url),
        "recaps": recaps_by_date(listing.items, edition, now),
        "is_past": event_filter.cleaned_data["when"] == "past" and not event_filter.days,
        "this_month": Month.of(today),
    }
    return TemplateResponse(request, "events/event_list.html", context)


class CalendarPage(PortalPage):
    """The parent of events and recaps only.

    Wagtail does not restrict page types by group. So organisers are people who may only add pages here.
    """

    is_for_organisers = True

    introduction = models.TextField(_("introduction"), max_length=400, blank=True)
    takes_proposals = models.BooleanField(
        _("readers may propose events"),
        default=False,
        db_default=False,
        help_text=_(
            "A form on this page takes events, and recaps of past ones, from people without an account. They wait "
            "under “Ideas” until somebody takes them up."
        ),
    )

    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("takes_proposals")]
    parent_page_types = ["home.SectionPage"]
    max_count_per_parent = 1
    page_description = _("Holds the events and recaps of a section.")

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")

    def save(self, *args: Any, **kwargs: Any) -> Any:
        is_new = self._state.adding
        saved = super().save(*args, **kwargs)
        if is_new:
            calendar_added(self)
        return saved

    def serve(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return events_of(request, self, list_url=edition_of(request).url_of(self))

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return self.serve(request)
