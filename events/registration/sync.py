"""Lets registrations follow what is published of their event."""

from django.utils import timezone

from events.models import DateSeats, EventPage, Occurrence, Registration
from events.recurrence import SINGLE, key_of
from events.registration.booking import promote_waiting
from events.registration.notify import notify_of_deletion, notify_registered
from portal.core.tasks.durable import durable


def follow(page: EventPage) -> None:
    """The dates of an event were written: let them have their seats, and those registered hear of it."""
    if page.continues_id:
        _take_over(page)
    _link(page)
    if Registration.objects.active().filter(event=page).exists():
        bring_up_to_date.enqueue(page.pk)


@durable
def bring_up_to_date(key: int) -> None:
    """Tell those registered what has changed, and let those who wait have what has become free."""
    page = EventPage.objects.filter(pk=key, live=True).first()
    if page is None:
        # Taken down: it may come back, and then they are told what has become of it.
        return
    now = timezone.now()
    notify_registered(page, now)
    for seats in DateSeats.objects.filter(event_key=page.event_key, waiting__gt=0):
        promote_waiting(seats, now)


def event_deleted(sender: type, instance: EventPage, **kwargs: object) -> None:
    """Receives `pre_delete`."""
    if Registration.objects.active().filter(event=instance).exists():
        notify_of_deletion(instance, timezone.now())


def _link(page: EventPage) -> None:
    """Let the dates of a page know the seats that were given for them, by whichever language."""
    dates = Occurrence.objects.filter(event=page)
    known = list(DateSeats.objects.filter(event_key=page.event_key))
    taken = {seats.date_key for seats in known}
    for seats in known:
        own = dates.filter(seats=seats).values_list("key", flat=True).first()
        if own is None:
            dates.filter(key=seats.date_key, seats=None).update(seats=seats)
        elif own != seats.date_key and own not in taken:
            # An only date became the first of a series, or the other way round.
            DateSeats.objects.filter(pk=seats.pk).update(date_key=own)


def _take_over(page: EventPage) -> None:
    """The later part of a split series takes those over who registered for its dates when they were the first's."""
    before = page.continues
    if before is None:
        return
    known = {seats.date_key: seats for seats in DateSeats.objects.filter(event_key=before.event_key)}
    for date in Occurrence.objects.standing().filter(event=page, seats=None) if known else ():
        seats = known.get(key_of(page.wall_span[0]) if date.key == SINGLE else date.key)
        if seats:
            Occurrence.objects.filter(seats=seats).update(seats=None)
            Occurrence.objects.filter(pk=date.pk).update(seats=seats)
            Registration.objects.filter(date=seats).update(event=page)
            DateSeats.objects.filter(pk=seats.pk).update(event_key=page.event_key, date_key=date.key)
