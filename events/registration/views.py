"""Registering for a date, and changing or cancelling that by the link that came by mail."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from events.models import EventPage, Occurrence, Registration
from events.places import Intake
from events.registration import booking
from events.registration.forms import ChangeRegistrationForm, RegistrationForm, form_for, too_few
from events.registration.links import form_address, registration_behind
from events.registration.seating import left_words
from portal.core.readers.form_guard import PROBLEMS, Verdict
from portal.core.readers.rate_limits import may_send_mail_to
from portal.core.serving.admittance import page_for_reader
from portal.core.serving.editions import edition_of


# A public form has no session, and so no cookie for Django's check; see `portal.core.readers.form_guard`.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register_for(request: HttpRequest, page_key: int, date_key: str) -> HttpResponse:
    """The form for one date; a valid one is answered in the same way whoever is registered already."""
    now = timezone.now()
    date = open_date(request, page_key, date_key, now)
    places = date.places
    intake = places.intake(now) if places else Intake.CLOSED
    if places is None or intake in (Intake.CLOSED, Intake.FULL):
        # Whoever had the form open is told why; there is nothing to be filled in any more.
        context: dict[str, Any] = {"date": date, "event": date.event, "places": places, "intake": intake}
        return render(
            request, "events/registration/closed.html", context, status=200 if request.method != "POST" else 409
        )
    form = form_for(request, date, places)
    if request.method == "POST" and form.is_valid() and _take(form, date, edition_of(request), now):
        return HttpResponseRedirect(reverse("registration:registered", args=[page_key, date_key]), status=303)
    context = {"date": date, "event": date.event, "places": places, "intake": intake, "form": form}
    context |= {"address": form_address(date), "words": "" if places.left is None else left_words(places.left)}
    return render(request, "events/registration/form.html", context, status=422 if form.is_bound else 200)


def _take(form: RegistrationForm, date: Occurrence, edition: Any, now: datetime) -> bool:
    """Do what a valid form asks, unless a robot asks; whether it need not be shown again."""
    if form.verdict is not Verdict.NEW:
        return True
    if not may_send_mail_to(form.cleaned_data["address"]):
        # A seat without the letter that can give it back is nobody's.
        form.refuse(str(PROBLEMS["rate_limited"]))
        return False
    try:
        booking.register(date, form.wish(edition), now)
    except booking.NoPlaceError as error:
        form.refuse(too_few(error.left))
        return False
    return True


@require_safe
def registered(request: HttpRequest, page_key: int, date_key: str) -> HttpResponse:
    date = open_date(request, page_key, date_key, timezone.now())
    return render(request, "events/registration/registered.html", {"date": date, "event": date.event})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody's registration. Its address is the right to it: no cookie stands for them, so none can be ridden.

    A look changes nothing: the guards of mailboxes open links before their readers do.
    """
    now = timezone.now()
    registration = registration_behind(token, edition_of(request))
    date = booking.date_of(registration)
    form = ChangeRegistrationForm(request.POST or None, registration=registration, page=date.event) if date else None
    may_change = date is not None and date.start > now and not date.is_withdrawn and not registration.is_cancelled
    status = 200
    if request.method == "POST":
        action = request.POST.get("action")
        if action == "recap":
            agrees = "recap" in request.POST and registration.recap_consent_id is not None
            booking.agree_to_recap(registration, agrees, now)
            return _again(request, "saved")
        if action == "cancel" and may_change:
            booking.cancel(registration, now)
            return _again(request, "cancelled")
        if action == "change" and may_change and form and _changed(form, registration, date, now):
            return _again(request, "saved")
        status = 422 if may_change else 409
    context = {
        "registration": registration,
        "date": date,
        "event": date.event if date else None,
        "form": form,
        "may_change": may_change,
        "done": request.GET.get("done"),
    }
    response = render(request, "events/registration/own.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _changed(form: ChangeRegistrationForm, registration: Registration, date: Any, now: datetime) -> bool:
    if not form.is_valid():
        return False
    try:
        booking.change(registration, date, now, **form.facts)
    except booking.NoPlaceError as error:
        form.add_error("seats", _("That many places are not left: %(most)d at most.") % {"most": error.left})
        return False
    return True


def _again(request: HttpRequest, done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{request.path}?done={done}", status=303)


def open_date(request: HttpRequest, page_key: int, date_key: str, now: datetime) -> Occurrence:
    """A date that this reader may see, of an event that one registers for here; Http404 for any other."""
    page = page_for_reader(request, page_key, now)
    if not isinstance(page, EventPage) or not page.takes_registrations:
        raise Http404
    dates = page.occurrences.standing().filter(key=date_key)
    date = dates.select_related("venue", "seats").first()
    if date is None:
        raise Http404
    date.event = page
    return date
