"""Signal receivers that update dates and placements; connected in `apps`."""

from itertools import batched
from typing import Any

from django.utils import timezone
from wagtail.models import Page

from events.occurrences import (
    BATCH_SIZE,
    events_at,
    list_below,
    list_below_if_expiry_changed,
    list_event,
    rewrite_dates,
    rewrite_dates_later,
)
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
    """Update the placements of the events at or below a page; and the dates of live ones, in the background.

    While an event was hidden, its venue may have changed, or dates of an endless series were not computed.
    """
    list_below(page)
    live = EventPage.objects.live().descendant_of(page, inclusive=True)
    for keys in batched(live.order_by("pk").values_list("pk", flat=True), BATCH_SIZE):
        rewrite_dates_later.enqueue(list(keys))


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
