"""Admin views for organisers: register somebody; admit, cancel or erase a registration."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from events.newsroom.policies import dates_for_organiser, permitted_event, registrations_visible_to
from events.pages import EventPage
from events.records import Occurrence, Registration
from events.records.registrable import MAX_SEATS
from events.registration.booking import BookingRequest, admit, cancel, promote_waiting, register
from events.registration.forms import QuestionFields, seats_field
from portal.content.readers.access_log import ERASED, REGISTRATIONS, log_access
from portal.content.readers.form_fields import LineField, ReaderAddressField
from portal.content.records.clocks import SiteClocks


class ManualRegistrationForm(QuestionFields, forms.Form):
    """A registration entered by the organiser. It may exceed the capacity."""

    date = forms.ChoiceField(label=pgettext_lazy("of an event", "Date"))
    name = LineField(label=_("Name"))
    address = ReaderAddressField()

    def __init__(self, *args: Any, page: EventPage, dates: list[Occurrence], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.page = page
        clocks = SiteClocks([page.path])
        labels = [(date.key, self._label(date, clocks.when(date, page.path))) for date in dates]
        self.fields["date"].choices = labels  # type: ignore[attr-defined]
        self.fields["seats"] = seats_field(MAX_SEATS)
        self.add_question_fields()
        for number in range(len(self.questions)):
            self.fields[f"answer-{number}"].required = False

    @staticmethod
    def _label(date: Occurrence, when: str) -> str:
        availability = date.availability
        if availability is None or availability.capacity is None:
            return when
        facts = {"when": when, "taken": availability.taken, "capacity": availability.capacity}
        if not availability.taken:
            return gettext("%(when)s (%(capacity)d places, none taken yet)") % facts
        return gettext("%(when)s (%(taken)d of %(capacity)d places taken)") % facts


def add_registration(request: HttpRequest, event_id: int) -> HttpResponse:
    """Register somebody, even if no seat is left."""
    event, now = permitted_event(request.user, event_id), timezone.now()
    coming = dates_for_organiser(event).filter(end__gt=now, is_withdrawn=False)
    dates = [date for date in coming if not date.is_cancelled]
    if not event.live or not dates:
        messages.error(request, gettext("There are no upcoming published dates."))
        return redirect("registrations:list", event.pk)
    form = ManualRegistrationForm(request.POST or None, page=event, dates=dates)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        date = next(date for date in dates if date.key == values["date"])
        booking = BookingRequest(
            name=values["name"],
            address=values["address"],
            language=event.locale.language_code,
            seats=values["seats"],
            answers=form.answers,
            added_by=request.user,
        )
        registration = register(date, booking, now)
        if registration.added_by == request.user and registration.registered_at == now:
            name = {"name": registration.name}
            messages.success(request, gettext("%(name)s is registered and gets a mail.") % name)
        else:
            messages.warning(request, gettext("This address is already registered for the date: nothing was changed."))
        return redirect("registrations:list", event.pk)
    context = {"event": event, "form": form}
    return render(request, "events/newsroom/add_registration.html", context, status=422 if form.errors else 200)


ACTIONS = {
    "admit": _("Give a place"),
    "cancel": _("Cancel the registration"),
    "erase": _("Erase the registration"),
}


def registration_action(request: HttpRequest, key: int, action: str) -> HttpResponse:
    """Ask for confirmation; POST performs the action. Raises Http404 if the user may not see the registration."""
    if action not in ACTIONS:
        raise Http404
    registration = get_object_or_404(registrations_visible_to(request.user).select_related("date", "event"), pk=key)
    event = registration.event
    if request.method == "POST":
        _perform(request, registration, action)
        return redirect("registrations:list", event.pk) if event else redirect("registrations:events")
    context = {"registration": registration, "event": event, "action": action, "heading": ACTIONS[action]}
    return render(request, "events/newsroom/registration_action.html", context)


def _perform(request: HttpRequest, registration: Registration, action: str) -> None:
    now, name = timezone.now(), {"name": registration.name}
    if action == "erase":
        seats = registration.date
        # Wagtail's own log entry would contain the name.
        title = registration.event.get_admin_display_title() if registration.event else ""
        log_access(ERASED, [registration.site], request.user, REGISTRATIONS, title)
        Registration.objects.filter(pk=registration.pk).delete()
        promote_waiting(seats, now)
        messages.success(request, gettext("The registration was erased."))
    elif action == "cancel" and cancel(registration, now, by_organiser=True):
        messages.success(request, gettext("The registration of %(name)s is cancelled; they get a mail.") % name)
    elif action == "admit" and admit(registration):
        messages.success(request, gettext("%(name)s has a place now, and gets a mail.") % name)
    else:
        messages.warning(request, gettext("This had already been done."))
