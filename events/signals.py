"""Signal receivers that update dates and placements; connected in `apps`."""

from typing import Any

from django.utils import timezone
from wagtail.models import Page

from events.occurrences import events_at, list_below, list_below_if_expiry_changed, list_event, rewrite_dates
from events.pages import EventPage
from events.records import EventSettings, Venue


def event_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """Receiver of `page_published` and `page_unpublished`."""
    if isinstance(instance, EventPage):
        list_event(instance, timezone.now())
    elif not getattr(instance, "is_item", False):
        list_below_if_expiry_changed(instance)


def event_created(sender: type, instance: EventPage, created: bool = False, **kwargs: Any) -> None:
    """List an event that is created live, such as an alias, because it is never published afterwards."""
    if created and instance.live:
        list_event(instance, timezone.now())


def tree_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """Receiver of `post_page_move`. The pages below have moved too."""
    list_below(instance)


def visibility_changed(page: Page) -> None:
    """Update the dates of the live events at or below a page, and the placements of all.

    Meanwhile a venue may have changed, or the dates of an endless series were not computed.
    """
    rewrite_dates(EventPage.objects.live().descendant_of(page, inclusive=True), timezone.now())
    list_below(page)


def privacy_changed(sender: type, instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """Update the placements below a page, unless the page itself is being deleted (`origin`)."""
    if origin is None or getattr(origin, "model", type(origin)) is sender:
        list_below(instance.page)


def venue_changed(sender: type, instance: Venue, created: bool = False, **kwargs: Any) -> None:
    if not created:
        rewrite_dates(events_at(instance), timezone.now())


def night_end_changed(sender: type, instance: EventSettings, created: bool = False, **kwargs: Any) -> None:
    if not created:
        for home in instance.site.root_page.get_translations(inclusive=True):
            rewrite_dates(EventPage.objects.live().descendant_of(home), timezone.now())
