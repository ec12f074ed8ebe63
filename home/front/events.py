"""The shelf of upcoming events, by section, topic, place and days, of one site or of the network."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError
from wagtail.models import Page
from wagtail.snippets.blocks import SnippetChooserBlock

from events.dating import span_named
from events.pages.calendar_links import calendar_links
from events.records.selections import Days, EventSelection
from events.records.venues import DEFAULT_KM, MAX_KM, Venue
from home.front.base import Shelf
from portal.content.records.topics import Topic
from portal.content.serving.editions import Edition

# The choices that few shelves need. Editors find them in the settings of the block.
SETTINGS = ("section", "place", "radius", "with_network", "ends_at")


class VenueChooserBlock(blocks.ChooserBlock):
    target_model = Venue

    @cached_property
    def widget(self) -> Any:
        # The newsroom's viewsets need all apps, which are not loaded yet when the blocks are.
        from events.newsroom.viewsets import venue_chooser

        return venue_chooser.widget_class()


class EventsShelf(Shelf):
    title = blocks.CharBlock(label=_("Title"), max_length=80)
    count = blocks.IntegerBlock(label=_("How many"), min_value=1, max_value=8, default=4)
    days = blocks.ChoiceBlock(
        label=_("Days"),
        choices=Days.choices,
        default=Days.ALL,
        help_text=_("A weekend begins on Friday at 6 p.m."),
    )
    topic = SnippetChooserBlock(Topic, label=_("Topic"), required=False, help_text=_("Empty: all of them."))
    section = blocks.PageChooserBlock(
        label=_("Section"),
        page_type="home.SectionPage",
        required=False,
        help_text=_("Empty: the whole site. Events of other sites are not limited by it."),
    )
    place = VenueChooserBlock(
        label=_("Around a venue"),
        required=False,
        help_text=_("Empty: everywhere. Otherwise, events at venues without coordinates are left out."),
    )
    radius = blocks.IntegerBlock(
        label=_("Radius (km)"),
        required=False,
        min_value=1,
        max_value=MAX_KM,
        default=DEFAULT_KM,
        help_text=_("Around the venue, as the crow flies."),
    )
    with_network = blocks.BooleanBlock(
        label=_("Also from the network"),
        required=False,
        default=False,
        help_text=_("The public events of the other sites, in this language. Each names its site."),
    )

    class Meta:
        icon = "drawing-events-shelf"
        label = _("Upcoming events")
        description = _("The next dates of the site: all of them, or by days, topic, section and place.")
        template = "home/shelves/events.html"
        preview_value = {"title": "Prochains rendez-vous", "count": 3}

    def get_preview_value(self):
        return self.normalize({**self.get_default(), **self.meta.preview_value})

    def get_form_layout(self):
        return BlockGroup([name for name in self.child_blocks if name not in SETTINGS], settings=list(SETTINGS))

    def clean(self, value):
        cleaned = super().clean(value)
        if not self.is_deferred_validation and cleaned["place"] and cleaned["place"].point is None:
            message = _("This venue has no coordinates: add them to it, or choose another one.")
            raise StructBlockValidationError({"place": ValidationError(message)})
        return cleaned

    def events(self, value, edition):
        topic = topic_in(value["topic"], edition)
        is_closed = value["section"] and not is_open(value["section"], edition)
        if is_closed or (value["topic"] and topic is None):
            return EventSelection(above=None)
        return EventSelection(
            above=(value["section"] or edition.home).pk,
            homes=tuple(home.pk for home in edition.network_homes) if value["with_network"] else (),
            topic=topic.pk if topic else None,
            venues=_venues(value),
            days=value["days"],
        )

    def more(self, value, edition):
        return edition.list_url(edition.home, "events")

    def arrange(self, value, cards, edition, now):
        filters = (value["topic"], value["section"], value["place"], value["days"] != Days.ALL)
        if not (any(filters) or value["with_network"]):
            return {}
        topic = topic_in(value["topic"], edition)
        own = edition.list_url(value["section"] or edition.home, "events")
        near = {}
        if value["place"] and (point := value["place"].point):
            near = {"near": f"{point.latitude:.5f},{point.longitude:.5f}", "km": value["radius"] or DEFAULT_KM}
        theme = {"topic": topic.slug} if topic else {}
        network = {"network": "1"} if value["with_network"] else {}
        feed = urlencode({**theme, **near, **network}, safe=",")
        variables: dict[str, Any] = {
            "is_filtered": any(filters),
            "subscriptions": calendar_links(edition, own, is_list=True, query=feed),
        }
        # The list has no filter for a radius or the network.
        if not (value["place"] or value["with_network"]):
            query = urlencode({**theme, **_days_in_list(value["days"], edition, now)})
            variables["more"] = f"{own}?{query}" if query else own
        return variables


def topic_in(chosen: Topic | None, edition: Edition) -> Topic | None:
    """The chosen topic, or its translation, if the edition has it."""
    keys = {topic.translation_key: topic for topic in edition.topics}
    return keys.get(chosen.translation_key) if chosen else None


def is_open(section: Page | None, edition: Edition) -> bool:
    """Whether a section is public and part of this edition. Editors may have chosen another site's section."""
    return section is not None and section.path in edition.sections and not edition.is_private(section.path)


def _venues(value: blocks.StructValue) -> tuple[int, ...] | None:
    if not value["place"]:
        return None
    point = value["place"].point
    return tuple(Venue.objects.near(point, value["radius"] or DEFAULT_KM)) if point else ()


def _days_in_list(days: str, edition: Edition, now: datetime) -> dict[str, str]:
    """The parameters of the list for these days. A weekend includes the whole Friday."""
    span = span_named(days, now, edition.zone)
    if span is None:
        return {}
    first = span.first - timedelta(days=1) if days == Days.WEEKEND else span.first
    return {"first": first.isoformat(), "last": span.last.isoformat()}
