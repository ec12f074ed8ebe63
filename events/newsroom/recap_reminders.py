"""Reminds the organiser of an ended event, once, to write its recap."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from events.newsroom.recaps import may_write_recap
from events.pages import EventPage, RecapRequest
from events.records import Occurrence
from portal.editorial.mails.page_mails import admin_url, enqueue_about_page, time_zone_of
from portal.editorial.people import recipients
from portal.platform.zones import clock_beside

# Older dates are on the dashboard only.
MAX_AGE = timedelta(days=7)
LINK_LABEL = _("Write the recap")


def send_recap_reminders(now: datetime) -> int:
    """Remind the organiser of each ended date without a recap; return the number of dates."""
    due = Occurrence.objects.awaiting_recap(now).filter(end__gt=now - MAX_AGE, recap_request=None)
    keys = list(due.order_by("event", "pk").values_list("pk", flat=True))
    for key in keys:
        _remind(key, now)
    return len(keys)


@transaction.atomic
def _remind(key: int, now: datetime) -> None:
    date = Occurrence.objects.select_related("event__owner", "event__live_revision__user", "venue").get(pk=key)
    # The languages of an event share one reminder.
    same = Occurrence.objects.filter(key=date.key, event__translation_key=date.event.translation_key)
    if RecapRequest.objects.filter(occurrence__in=same).exists():
        return
    RecapRequest.objects.bulk_create(
        (RecapRequest(occurrence=other, asked_at=now) for other in same), ignore_conflicts=True
    )
    organiser = organiser_of(date.event)
    enqueue_about_page(
        "recap_wanted",
        date.event,
        [organiser],
        actor=None,
        preference="",
        link=admin_url(f"{reverse('event_recap', args=[date.event_id])}?date={date.key}"),
        link_label=LINK_LABEL,
        title=date.shown_title,
        date=date,
        clock=clock_beside(date, time_zone_of(date.event.get_site())),
    )


def organiser_of(event: EventPage) -> Any:
    """Return the owner of the event or the author of its live revision, if they may write its recap."""
    author = event.live_revision.user if event.live_revision else None
    for person in (event.owner, author):
        if person and may_write_recap(event, person) and recipients([person], event, None, ""):
            return person
    return None
