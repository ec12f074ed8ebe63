"""Updates registrations after their event was published or deleted."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import ngettext
from wagtail.models import Page

from events.pages import EventPage
from events.records import DateSeats, Occurrence, Registration
from events.recurrence import SINGLE, key_of
from events.registration.booking import promote_waiting
from events.registration.notify import notify_of_deletion, notify_registered
from portal.platform.tasks.durable import durable


def sync_registrations(page: EventPage) -> None:
    """Link a published event's dates to their seats, and enqueue notifications."""
    if page.continues_id:
        _take_over_registrations(page)
    _link_seats(page)
    if Registration.objects.active().filter(event=page).exists():
        notify_and_promote.enqueue(page.pk)


@durable
def notify_and_promote(key: int) -> None:
    """Notify registered people of changes, and give free seats to the waiting list."""
    page = EventPage.objects.filter(pk=key, live=True).first()
    if page is None:
        # If an unpublished event is published again, that publication sends the changes.
        return
    now = timezone.now()
    notify_registered(page, now)
    for seats in DateSeats.objects.filter(event_key=page.event_key, waiting__gt=0):
        promote_waiting(seats, now)


def event_deleted(sender: type, instance: EventPage, **kwargs: object) -> None:
    if Registration.objects.settled().filter(event=instance).exists():
        notify_of_deletion(instance, timezone.now())


def has_registrations(page: int) -> bool:
    return Registration.objects.filter(event=page).exists()


def registered_people(page: Page) -> Iterator[str]:
    """A note for whoever deletes this page: how many people have registered for coming dates at or below it."""
    events = EventPage.objects.descendant_of(page, inclusive=True).order_by().values("pk")
    coming = Occurrence.objects.not_withdrawn().filter(event__in=events, end__gt=timezone.now()).values("seats")
    number = Registration.objects.active().filter(event__in=events, date__in=coming).count()
    if number:
        yield ngettext(
            "%(number)d person has registered, and gets no mail about this. If the event does not take place, cancel "
            "it first.",
            "%(number)d people have registered, and get no mail about this. If the event does not take place, cancel "
            "it first.",
            number,
        ) % {"number": number}


def alias_converted(sender: type, instance: Page, update_fields: Any = None, **kwargs: object) -> None:
    """`post_save` receiver: unlink a former alias, now a separate page, from its source's seats."""
    if update_fields and "alias_of_id" in update_fields and instance.alias_of_id is None:
        dates = Occurrence.objects.filter(event=instance.pk, seats__isnull=False)
        dates.exclude(seats__event_key=instance.translation_key).update(seats=None)


def _link_seats(page: EventPage) -> None:
    """Link a page's dates to existing seats, such as those of another language."""
    dates = Occurrence.objects.filter(event=page)
    existing = list(DateSeats.objects.filter(event_key=page.event_key))
    keys = {seats.date_key for seats in existing}
    for seats in existing:
        linked_key = dates.filter(seats=seats).values_list("key", flat=True).first()
        if linked_key is None:
            dates.filter(key=seats.date_key, seats=None).update(seats=seats)
        elif linked_key != seats.date_key and linked_key not in keys:
            # A single event became a series, or the reverse, so its first date now has another key.
            DateSeats.objects.filter(pk=seats.pk).update(date_key=linked_key)


def _take_over_registrations(page: EventPage) -> None:
    """Move the registrations for a split series' later dates to the new event."""
    predecessor = page.continues
    if predecessor is None:
        return
    by_key = {seats.date_key: seats for seats in DateSeats.objects.filter(event_key=predecessor.event_key)}
    for date in Occurrence.objects.not_withdrawn().filter(event=page, seats=None) if by_key else ():
        seats = by_key.get(key_of(page.wall_span[0]) if date.key == SINGLE else date.key)
        if seats:
            Occurrence.objects.filter(seats=seats).update(seats=None)
            Occurrence.objects.filter(pk=date.pk).update(seats=seats)
            Registration.objects.filter(date=seats).update(event=page)
            DateSeats.objects.filter(pk=seats.pk).update(event_key=page.event_key, date_key=date.key)
