"""Checks people in and undoes it, so that two people at one door cannot disagree."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from wagtail.log_actions import log

from events.newsroom.registration_policy import may_see_registrations
from events.pages import EventPage
from events.records import Registration

CHECKED_IN = "events.check_in"
UNDONE = "events.check_in.undo"


def set_arrival(event: EventPage, key: int, user: Any, now: datetime, *, has_come: bool) -> Registration:
    """Check somebody in, or undo it; asking for what is so already changes nothing.

    Raises PermissionDenied, and Registration.DoesNotExist for who has no place at this event.
    """
    if not may_see_registrations(user, event):
        raise PermissionDenied
    registration = Registration.objects.confirmed().of_event(event).get(pk=key)
    # The condition makes the first of two people who tick at once the one whose time stays.
    found = Registration.objects.confirmed().filter(pk=key, checked_in_at__isnull=has_come)
    came = {"checked_in_at": now, "checked_in_by": user} if has_come else {"checked_in_at": None, "checked_in_by": None}
    if found.update(**came):
        # Without the name: the history outlives a registration that is erased.
        title = f"{Registration._meta.verbose_name} {key}"
        log(registration, CHECKED_IN if has_come else UNDONE, user=user, title=title)
    registration.refresh_from_db()
    return registration
