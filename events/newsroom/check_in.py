"""The check-in list, which several people print or use on phones at the same time."""

from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.log_actions import log

from events.formatting.folding import fold_text
from events.newsroom.policies import dates_for_organiser, may_see_registrations, permitted_event
from events.pages import EventPage
from events.records import Occurrence, Registration
from portal.accounts.names import name_of
from portal.content.readers.access_log import LOOKED_AT, REGISTRATIONS, log_access
from portal.content.records.clocks import SiteClocks

CHECKED_IN = "events.check_in"
UNDONE = "events.check_in.undo"


class Name(NamedTuple):
    """The parts of a name in the order in which they were written. `surname_first` is for “Weber, Anna”."""

    given: str
    surname: str
    surname_first: bool = False


def read_name(written: str) -> Name:
    """Split a name. The surname is the part before a comma, or else the last word."""
    before, comma, after = written.partition(",")
    if comma and before.strip() and after.strip():
        return Name(after.strip(), before.strip(), surname_first=True)
    given, _space, surname = written.strip().rpartition(" ")
    return Name(given.strip(), surname)


def name_order(written: str) -> tuple[str, str, str]:
    """Return a dictionary sort key: accents and capitals only matter between otherwise equal names."""
    name = read_name(written)
    return fold_text(name.surname), fold_text(name.given), written


def set_arrival(event: EventPage, key: int, user: Any, now: datetime, *, has_come: bool) -> Registration:
    """Check somebody in, or undo it. A repeated call changes nothing.

    Raises PermissionDenied, and Registration.DoesNotExist for somebody without a place at this event.
    """
    if not may_see_registrations(user, event):
        raise PermissionDenied
    registration = Registration.objects.confirmed().of_event(event).get(pk=key)
    # With this condition, the first of two simultaneous check-ins determines the time.
    found = Registration.objects.confirmed().filter(pk=key, checked_in_at__isnull=has_come)
    came = {"checked_in_at": now, "checked_in_by": user} if has_come else {"checked_in_at": None, "checked_in_by": None}
    if found.update(**came):
        # The entry has no name, because it remains when the registration is erased.
        title = f"{Registration._meta.verbose_name} {key}"
        log(registration, CHECKED_IN if has_come else UNDONE, user=user, title=title)
    registration.refresh_from_db()
    return registration


@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: HttpRequest, event_id: int) -> HttpResponse:
    """List the people with a place at one date by surname; `?date=` is the date's key.

    POST checks in the registration with the key `in`, or undoes it with the key `out`. The page script gets JSON.
    """
    event = permitted_event(request.user, event_id)
    dates = list(dates_for_organiser(event).filter(seats__isnull=False, is_withdrawn=False))
    date = _select_date(dates, request.GET.get("date", ""))
    is_script = request.headers.get("Accept") == "application/json"
    if request.method == "POST":
        found = _save_arrival(request, event)
        if not is_script:
            return redirect(f"{reverse('registrations:check_in', args=[event.pk])}?{request.GET.urlencode()}")
        return _uncached(JsonResponse({**_state(request, date), "found": found}))
    if is_script:
        return _uncached(JsonResponse(_state(request, date)))
    context: dict[str, Any] = {"event": event, "date": date, "dates": dates if len(dates) > 1 else []}
    context["site_zone"] = SiteClocks([event.path]).zone_of(event.path)
    if date:
        people = _people(date)
        rows = [{"registration": each, "name": read_name(each.name), "since": _since(each, date)} for each in people]
        context |= {"rows": rows, "present": _present(people)}
    log_access(LOOKED_AT, [event.get_site()], request.user, REGISTRATIONS, event.get_admin_display_title())
    return _uncached(render(request, "events/newsroom/check_in.html", context))


def _select_date(dates: list[Occurrence], key: str) -> Occurrence | None:
    """Return the date with the key; otherwise the current or next date, or the last one."""
    now = timezone.now()
    upcoming = [date for date in dates if date.end > now] or dates[-1:]
    return next((date for date in dates if date.key == key), upcoming[0] if upcoming else None)


def _save_arrival(request: HttpRequest, event: EventPage) -> bool:
    """Check somebody in or undo it, as requested; return False if the person no longer has a place."""
    action = "in" if "in" in request.POST else "out"
    try:
        key = int(request.POST.get(action, ""))
        set_arrival(event, key, request.user, timezone.now(), has_come=action == "in")
    except (ValueError, OverflowError) as error:
        raise BadRequest("not the key of a registration") from error
    except Registration.DoesNotExist:
        return False
    return True


def _people(date: Occurrence) -> list[Registration]:
    confirmed = Registration.objects.confirmed().of_event(date.event).filter(date=date.seats_id)
    return sorted(confirmed.select_related("checked_in_by"), key=lambda each: (*name_order(each.name), each.pk))


def _state(request: HttpRequest, date: Occurrence | None) -> dict[str, Any]:
    """Return who has arrived, and a CSRF token. The page's own token becomes invalid after a new sign-in."""
    people = _people(date) if date else []
    return {
        "present": _present(people),
        "people": [each.pk for each in people],
        "here": {each.pk: _since(each, date) for each in people if date and each.checked_in_at},
        "token": get_token(request),
    }


def _since(registration: Registration, date: Occurrence) -> str:
    if registration.checked_in_at is None:
        return ""
    time = time_format(registration.checked_in_at.astimezone(date.zone), "TIME_FORMAT")
    name = name_of(registration.checked_in_by)
    return _("here since %(time)s (%(name)s)") % {"time": time, "name": name} if name else _("here since %s") % time


def _present(people: list[Registration]) -> str:
    present = sum(each.seats for each in people if each.checked_in_at)
    return _("%(present)d of %(taken)d here") % {"present": present, "taken": sum(each.seats for each in people)}


def _uncached(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    return response
