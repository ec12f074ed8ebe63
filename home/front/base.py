"""The base of all shelves: a plan of their stories, an end time and an age limit."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.blocks.struct_block import BlockGroup

from events.records.selections import EventSelection
from home.shelf_filling import Plan, Source, fill_shelves
from portal.content.records.cards import Card
from portal.content.serving.editions import Edition, edition_of
from portal.formats.fields import TypedDateTimeField

# The child blocks that limit a shelf in time. Editors find them in the settings of the block.
LIMITS = ("max_days", "ends_at")
LONGEST_DAYS = 3650


class TypedDateTimeBlock(blocks.DateTimeBlock):
    @cached_property
    def field(self) -> forms.Field:
        # A script warns if the end is in the past.
        widget = AdminDateTimeInput(format=self.format, attrs={"data-not-past": ""})
        return TypedDateTimeField(widget=widget, **self.field_options)


class Shelf(blocks.StructBlock):
    """The base class of shelves. A shelf of stories is a `StoryShelf`."""

    # For the checklist: a shelf without a choice shows the newest stories.
    may_be_empty = True

    ends_at = TypedDateTimeBlock(
        label=_("Ends at"), required=False, help_text=_("The shelf is hidden from then on. Empty: it stays.")
    )

    def size(self, value: blocks.StructValue) -> int:
        """The number of stories to show. Unless it is 0, the shelf is hidden if it has none."""
        return 0

    def sources(self, value: blocks.StructValue, edition: Edition) -> list[Source]:
        """The lists from which stories come. Several lists are merged, newest first."""
        return []

    def events(self, value: blocks.StructValue, edition: Edition) -> EventSelection | None:
        """The events from which the shelf shows the first dates; None for a shelf without events."""
        return None

    def more(self, value: blocks.StructValue, edition: Edition) -> str:
        """The URL of the full list; empty if there is none."""
        return ""

    def chosen(self, value: blocks.StructValue) -> tuple[int | None, ...]:
        """The primary keys of the stories that an editor has chosen for the first places; None fills by date."""
        return ()

    def arrange(self, value: blocks.StructValue, cards: list[Card], edition: Edition, now: datetime) -> dict[str, Any]:
        """Further template variables, from the stories that the shelf got."""
        return {}

    def plan(self, value: blocks.StructValue, edition: Edition) -> Plan:
        days = value.get("max_days")
        return Plan(
            template=self.meta.template,
            kind=self.name,
            value=value,
            sources=self.sources(value, edition),
            size=self.size(value),
            events=self.events(value, edition),
            more=self.more(value, edition),
            chosen=self.chosen(value),
            max_age=timedelta(days=days) if days else None,
            ends_at=value.get("ends_at"),
            arrange=self.arrange,
        )

    def preview_plan(self, value: blocks.StructValue, edition: Edition) -> Plan:
        """The preview's plan for a block that nobody has filled in."""
        return self.plan(value, edition)

    def get_context(self, value, parent_context=None):
        # A home page fills all its shelves together; only a preview renders a single one.
        context = super().get_context(value, parent_context=parent_context)
        if "request" in context:
            edition = edition_of(context["request"])
            plan = self.preview_plan(value, edition)
            context["value"] = plan.value
            # A sample is shown even if the site has nothing for it yet.
            context["shelf"] = {"is_sample": True, **next(iter(fill_shelves([plan], edition, timezone.now())), {})}
        return context

    def get_form_layout(self) -> BlockGroup:
        limits = [name for name in LIMITS if name in self.child_blocks]
        return BlockGroup([name for name in self.child_blocks if name not in limits], settings=limits)


class StoryShelf(Shelf):
    """A shelf of stories. It overrides `size` and `sources`."""

    max_days = blocks.IntegerBlock(
        label=_("Nothing older than (days)"),
        required=False,
        min_value=1,
        max_value=LONGEST_DAYS,
        help_text=_("Older stories leave the shelf at midnight, chosen ones too. Empty: any age."),
    )
