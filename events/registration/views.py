"""Public views: registering for a date, and confirming, changing or cancelling with the emailed link."""

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

from events.availability import BookingStatus
from events.pages import EventPage
from events.records import Occurrence, Registration
from events.registration import booking
from events.registration.booking import LargeShareError, TooManyHeldError
from events.registration.forms import ChangeRegistrationForm, RegistrationForm, form_for, not_enough_seats_text
from events.registration.links import form_url, registration_for_token
from events.registration.offer import seats_left_text
from portal.content.readers.form_guard import PROBLEMS, Verdict
from portal.content.readers.sources import hash_of_source
from portal.content.serving.admittance import is_served_to_reader, page_for_reader
from portal.content.serving.editions import edition_of
from portal.platform.rate_limits import may_send_mail_to


# A public form has no session and no CSRF cookie; see `portal.content.readers.form_guard`.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register_for(request: HttpRequest, page_key: int, date_key: str) -> HttpResponse:
    """Show and process the form. The response does not reveal whether an address is already registered."""
    now = timezone.now()
    date = open_date(request, page_key, date_key, now)
    availability = date.availability
    status = availability.status_at(now) if availability else BookingStatus.CLOSED
    if availability is None or status in (BookingStatus.CLOSED, BookingStatus.FULL):
        context: dict[str, Any] = {"date": date, "event": date.event, "booking_status": status}
        code = 409 if request.method == "POST" else 200
        return render(request, "events/registration/closed.html", context, status=code)
    form = form_for(request, date, availability)
    if request.method == "POST" and form.is_valid() and _book(form, date, edition_of(request), now):
        return HttpResponseRedirect(reverse("registration:registered", args=[page_key, date_key]), status=303)
    context = {"date": date, "event": date.event, "booking_status": status, "form": form, "address": form_url(date)}
    context["seats_left"] = "" if availability.left is None else seats_left_text(availability.left)
    return render(request, "events/registration/form.html", context, status=422 if form.is_bound else 200)


def _book(form: RegistrationForm, date: Occurrence, edition: Any, now: datetime) -> bool:
    """Book, unless a robot submitted the form; return False if the form must be shown again with an error."""
    if form.verdict is not Verdict.NEW:
        return True
    if not may_send_mail_to(form.cleaned_data["address"]):
        # Refuse the registration, because nobody could cancel it without the link in the email.
        form.show_again(str(PROBLEMS["rate_limited"]))
        return False
    try:
        booking.register(date, form.booking_request(edition), now)
        return True
    except booking.NoPlaceError as error:
        form.show_again(not_enough_seats_text(error.left))
    except TooManyHeldError:
        text = _(
            "Several registrations from your network are not confirmed yet. Please follow the links in their mails, or "
            "try again in half an hour."
        )
        form.show_again(text)
    except LargeShareError:
        form.show_again(_large_share())
    return False


def _large_share() -> str:
    return _(
        "Half of the places of this date have gone to your network within a day. Please try again tomorrow, or "
        "write to the organiser."
    )


@require_safe
def registered(request: HttpRequest, page_key: int, date_key: str) -> HttpResponse:
    date = open_date(request, page_key, date_key, timezone.now())
    return render(request, "events/registration/registered.html", {"date": date, "event": date.event})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_registration(request: HttpRequest, token: str) -> HttpResponse:
    """Show a registration; confirm, change or cancel it by POST.

    The token in the URL is the authorisation, so there is no cookie for CSRF to exploit. GET changes nothing, because
    mail scanners open links. If the event is no longer visible, a registration can be cancelled but not confirmed.
    """
    now = timezone.now()
    registration = registration_for_token(token, edition_of(request))
    date = booking.date_of(registration)
    form = ChangeRegistrationForm(request.POST or None, registration=registration, page=date.event) if date else None
    is_coming = date is not None and date.start > now and not date.is_withdrawn
    may_confirm = is_coming and registration.is_held and is_served_to_reader(request, registration.event_id, now)
    may_change = is_coming and not (registration.is_cancelled or registration.is_held or registration.is_lapsed)
    may_cancel = may_change or (is_coming and registration.is_held)
    status = 200
    if request.method == "POST":
        action = request.POST.get("action")
        if action == "confirm" and may_confirm:
            booking.confirm(registration, now)
            return _redirect_back(request, "confirmed")
        if action == "recap":
            agrees = "recap" in request.POST and registration.recap_consent_id is not None
            booking.set_recap_consent(registration, agrees, now)
            return _redirect_back(request, "saved")
        if action == "cancel" and may_cancel:
            booking.cancel(registration, now)
            return _redirect_back(request, "cancelled")
        if action == "change" and may_change and form and _save_changes(request, form, registration, date, now):
            return _redirect_back(request, "saved")
        status = 422 if may_change else 409
    context = {
        "registration": registration,
        "date": date,
        "event": date.event if date else None,
        "form": form,
        "may_change": may_change,
        "may_confirm": may_confirm,
        "may_cancel": may_cancel,
        "form_address": form_url(date) if date and is_coming and registration.is_lapsed else "",
        "done": request.GET.get("done"),
    }
    response = render(request, "events/registration/own_registration.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _save_changes(
    request: HttpRequest, form: ChangeRegistrationForm, registration: Registration, date: Any, now: datetime
) -> bool:
    if not form.is_valid():
        return False
    try:
        booking.change(registration, date, now, source=hash_of_source(request), **form.changed_values)
        return True
    except booking.NoPlaceError as error:
        form.add_error("seats", _("Not enough places are left: %(most)d at most.") % {"most": error.left})
    except LargeShareError:
        form.add_error("seats", _large_share())
    return False


def _redirect_back(request: HttpRequest, outcome: str) -> HttpResponse:
    return HttpResponseRedirect(f"{request.path}?done={outcome}", status=303)


def open_date(request: HttpRequest, page_key: int, date_key: str, now: datetime) -> Occurrence:
    """Return a visible event date with registration on this site. Raises Http404 otherwise."""
    page = page_for_reader(request, page_key, now)
    if not isinstance(page, EventPage) or not page.takes_registrations:
        raise Http404
    dates = page.occurrences.not_withdrawn().filter(key=date_key)
    date = dates.select_related("venue", "seats").first()
    if date is None:
        raise Http404
    date.event = page
    return date
