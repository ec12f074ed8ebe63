"""What events do by themselves as time goes by."""

from datetime import datetime, timedelta

from events.importing.subscriptions import due_subscriptions, read_if_due
from events.models import Registration
from events.newsroom.recap_reminders import ask_for_recaps
from events.occurrences import extend_horizon
from events.registration.booking import delete_outlived
from events.registration.sync import bring_up_to_date
from portal.core.tasks.periodic import periodic


@periodic(every=timedelta(minutes=10))
def ask_for_the_recaps_of_what_is_over(now: datetime) -> None:
    ask_for_recaps(now)


@periodic(every=timedelta(minutes=10))
def read_subscribed_calendars(now: datetime) -> None:
    """Each of them once an hour, in the background."""
    for subscription in due_subscriptions(now):
        read_if_due.enqueue(subscription.pk)


@periodic(every=timedelta(days=1))
def go_on_with_endless_series(now: datetime) -> None:
    extend_horizon(now)


@periodic(every=timedelta(hours=6))
def delete_registrations_that_had_their_time(now: datetime) -> None:
    delete_outlived(now)


@periodic(every=timedelta(hours=6))
def look_after_registrations(now: datetime) -> None:
    """Whatever a publication left undone: such as for a date whose follower was given up."""
    coming = Registration.objects.active().filter(date__occurrences__end__gt=now, event__live=True)
    for key in coming.order_by("event_id").values_list("event_id", flat=True).distinct():
        bring_up_to_date.enqueue(key)
