"""What happens to events and to what surrounds them, passed on to their dates; connected in `apps`."""

from typing import Any

from django.utils import timezone
from wagtail.models import Page

from events.models import EventPage, EventSettings, Venue
from events.occurrences import events_with, list_below, list_below_if_it_closes, list_event, schedule_again


def event_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """A page went live or offline."""
    if isinstance(instance, EventPage):
        list_event(instance, timezone.now())
    elif not getattr(instance, "is_item", False):
        list_below_if_it_closes(instance)


def event_created(sender: type, instance: EventPage, created: bool = False, **kwargs: Any) -> None:
    """An event that is live from the start, such as an alias, was never published."""
    if created and instance.live:
        list_event(instance, timezone.now())


def tree_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """A page moved, with all below it."""
    list_below(instance)


def privacy_changed(sender: type, instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """A page became private, or public again; `origin` is what was deleted, where it was not the rule alone."""
    if origin is None or getattr(origin, "model", type(origin)) is sender:
        list_below(instance.page)


def venue_changed(sender: type, instance: Venue, created: bool = False, **kwargs: Any) -> None:
    if not created:
        schedule_again(events_with(instance), timezone.now())


def night_changed(sender: type, instance: EventSettings, created: bool = False, **kwargs: Any) -> None:
    """A site lets its nights end at another hour."""
    if not created:
        for home in instance.site.root_page.get_translations(inclusive=True):
            schedule_again(EventPage.objects.live().descendant_of(home), timezone.now())
