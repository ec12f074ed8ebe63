"""The list for the door: ticked on a phone, by several people at once, or printed."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events.check_in.arrivals import set_arrival
from events.check_in.names import name_order, read_name
from events.newsroom.registration_policy import dates_for_organiser, permitted_event
from events.pages import EventPage
from events.records import Occurrence, Registration
from portal.content.readers.access_log import LOOKED_AT, REGISTRATIONS, log_access
from portal.content.records.clocks import SiteClocks
from portal.editorial.people import name_of


@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: HttpRequest, event_id: int) -> HttpResponse:
    """List the people with a place at one date, by surname; `?date=` selects a date by its key.

    POST checks in (`in`) or undoes it (`out`) by the key of a registration. The script of the page is answered in JSON.
    """
    event = permitted_event(request.user, event_id)
    dates = list(dates_for_organiser(event).filter(seats__isnull=False, is_withdrawn=False))
    date = _shown(dates, request.GET.get("date", ""))
    is_asked_by_script = request.headers.get("Accept") == "application/json"
    if request.method == "POST":
        found = _tick(request, event)
        if not is_asked_by_script:
            return redirect(f"{reverse('registrations:check_in', args=[event.pk])}?{request.GET.urlencode()}")
        return _uncached(JsonResponse({**_state(request, date), "found": found}))
    if is_asked_by_script:
        return _uncached(JsonResponse(_state(request, date)))
    context: dict[str, Any] = {"event": event, "date": date, "dates": dates if len(dates) > 1 else []}
    context["site_zone"] = SiteClocks([event.path]).zone_of(event.path)
    if date:
        people = _people(date)
        rows = [{"registration": each, "name": read_name(each.name), "since": _since(each, date)} for each in people]
        context |= {"rows": rows, "present": _present(people)}
    log_access(LOOKED_AT, [event.get_site()], request.user, REGISTRATIONS, event.get_admin_display_title())
    return _uncached(render(request, "events/newsroom/check_in.html", context))


def _shown(dates: list[Occurrence], key: str) -> Occurrence | None:
    """The date that was asked for, else the one that is on or comes next, else the last."""
    now = timezone.now()
    upcoming = [date for date in dates if date.end > now] or dates[-1:]
    return next((date for date in dates if date.key == key), upcoming[0] if upcoming else None)


def _tick(request: HttpRequest, event: EventPage) -> bool:
    """Do what was tapped; return False if the person has no place any more."""
    wanted = "in" if "in" in request.POST else "out"
    try:
        key = int(request.POST.get(wanted, ""))
        set_arrival(event, key, request.user, timezone.now(), has_come=wanted == "in")
    except (ValueError, OverflowError) as error:
        raise BadRequest("no key of a registration") from error
    except Registration.DoesNotExist:
        return False
    return True


def _people(date: Occurrence) -> list[Registration]:
    confirmed = Registration.objects.confirmed().of_event(date.event).filter(date=date.seats_id)
    return sorted(confirmed.select_related("checked_in_by"), key=lambda each: (*name_order(each.name), each.pk))


def _state(request: HttpRequest, date: Occurrence | None) -> dict[str, Any]:
    """What the page shows of the arrivals, and a token that is valid after somebody has signed in again."""
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
    """Counts places, because who registered for three comes with two others."""
    present = sum(each.seats for each in people if each.checked_in_at)
    return _("%(present)d of %(taken)d here") % {"present": present, "taken": sum(each.seats for each in people)}


def _uncached(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    return response
