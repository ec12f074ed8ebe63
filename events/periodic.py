"""The periodic tasks of events."""

from datetime import datetime, timedelta

from events.importing.subscriptions import due_subscriptions, refresh_if_due
from events.newsroom.recap_mails import send_recap_reminders
from events.occurrences import extend_horizon
from events.proposals.acting import delete_expired as delete_expired_proposals
from events.records import ProposalPicture, Registration
from events.records.proposals import FOLDER
from events.registration.booking import delete_expired, free_lapsed
from events.registration.reminders import send_reminders
from events.registration.sync import notify_and_promote
from portal.media.stored import delete_files_without_a_row
from portal.platform.tasks.periodic import periodic


@periodic(every=timedelta(minutes=10))
def remind_organisers_of_recaps(now: datetime) -> None:
    send_recap_reminders(now)


@periodic(every=timedelta(minutes=5))
def remind_registered_people(now: datetime) -> None:
    send_reminders(now)


@periodic(every=timedelta(minutes=10))
def refresh_subscribed_calendars(now: datetime) -> None:
    """Enqueue a task for each due subscription. Each is read at most once an hour."""
    for subscription in due_subscriptions(now):
        refresh_if_due.enqueue(subscription.pk)


@periodic(every=timedelta(minutes=1))
def free_seats_that_were_not_confirmed(now: datetime) -> None:
    free_lapsed(now)


@periodic(every=timedelta(days=1))
def extend_endless_series(now: datetime) -> None:
    extend_horizon(now)


@periodic(every=timedelta(hours=6))
def delete_expired_registrations(now: datetime) -> None:
    delete_expired(now)


@periodic(every=timedelta(hours=6))
def delete_old_proposals_of_readers(now: datetime) -> None:
    delete_expired_proposals(now)


@periodic(every=timedelta(days=1))
def delete_pictures_without_a_proposal(now: datetime) -> None:
    delete_files_without_a_row(FOLDER, ProposalPicture.objects.all(), now - timedelta(days=1))


@periodic(every=timedelta(hours=6))
def reconcile_registrations(now: datetime) -> None:
    """Repeat the updates that failed at a publication, for example because a successor draft was deleted later."""
    coming = Registration.objects.active().filter(date__occurrences__end__gt=now, event__live=True)
    for key in coming.order_by("event_id").values_list("event_id", flat=True).distinct():
        notify_and_promote.enqueue(key)
