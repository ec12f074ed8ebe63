"""Asks the organiser of what is over for its recap, once."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from events.models import EventPage, Occurrence, RecapRequest
from events.newsroom.recaps import may_begin
from portal.editorial.mails.page_mails import admin_url, enqueue_about_page
from portal.editorial.people import recipients

# What was over before, when the portal was away or new, is left to the desk.
LATEST = timedelta(days=7)
OPEN = _("Publish the recap")


def ask_for_recaps(now: datetime) -> int:
    """Write to the organiser of each date that is over and has no recap; how many dates it were."""
    due = Occurrence.objects.awaiting_recap(now).filter(end__gt=now - LATEST, recap_request=None)
    keys = list(due.order_by("event", "pk").values_list("pk", flat=True))
    for key in keys:
        _ask(key, now)
    return len(keys)


@transaction.atomic
def _ask(key: int, now: datetime) -> None:
    date = Occurrence.objects.select_related("event__owner", "event__live_revision__user", "venue").get(pk=key)
    # One letter for the same date in all languages, for whoever announced it first.
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
        link_label=OPEN,
        title=date.shown_title,
        date=date,
    )


def organiser_of(event: EventPage) -> Any:
    """Who made the page of an event, else who wrote what is published of it, if they still may look back on it."""
    author = event.live_revision.user if event.live_revision else None
    for person in (event.owner, author):
        if person and may_begin(event, person) and recipients([person], event, None, ""):
            return person
    return None
