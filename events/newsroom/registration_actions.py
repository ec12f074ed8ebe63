"""What an organiser does by hand: register somebody, give a place, cancel, erase."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from events.models import EventPage, Occurrence, Registration
from events.models.registrable import MOST_SEATS
from events.newsroom.attendance import dates_of, event_for, registrations_seen_by
from events.registration.booking import Wish, admit, cancel, promote_waiting, register
from events.registration.forms import Questions, seats_field
from portal.core.readers.form_fields import LineField, ReaderAddressField


class HandForm(Questions, forms.Form):
    """A registration as an organiser writes it in: it may go beyond the places that there are."""

    date = forms.ChoiceField(label=_("Date"))
    name = LineField(label=_("Name"))
    address = ReaderAddressField()

    def __init__(self, *args: Any, page: EventPage, dates: list[Occurrence], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.page = page
        self.fields["date"].choices = [(date.key, self._label(date)) for date in dates]  # type: ignore[attr-defined]
        self.fields["seats"] = seats_field(MOST_SEATS)
        self.ask()
        for number in range(len(self.asked)):
            self.fields[f"answer-{number}"].required = False

    @staticmethod
    def _label(date: Occurrence) -> str:
        places = date.places
        if places is None or places.capacity is None:
            return date.when
        return gettext("%(when)s (%(taken)d of %(capacity)d places taken)") % {
            "when": date.when,
            "taken": places.taken,
            "capacity": places.capacity,
        }


def add(request: HttpRequest, event_id: int) -> HttpResponse:
    """Register somebody by hand: they get a place and the letter, even where no place is left."""
    event, now = event_for(request.user, event_id), timezone.now()
    dates = [date for date in dates_of(event) if date.end > now and not date.is_withdrawn and not date.is_cancelled]
    if not event.live or not dates:
        messages.error(request, gettext("There is no published date to come."))
        return redirect("registrations:list", event.pk)
    form = HandForm(request.POST or None, page=event, dates=dates)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        date = next(date for date in dates if date.key == facts["date"])
        wish = Wish(
            name=facts["name"],
            address=facts["address"],
            language=event.locale.language_code,
            seats=facts["seats"],
            answers=form.answers,
            added_by=request.user,
        )
        made = register(date, wish, now)
        if made.added_by == request.user and made.registered_at == now:
            messages.success(request, gettext("%(name)s is registered and gets a letter.") % {"name": made.name})
        else:
            messages.warning(request, gettext("This address is registered for the date already: nothing was changed."))
        return redirect("registrations:list", event.pk)
    context = {"event": event, "form": form}
    return render(request, "events/newsroom/add_registration.html", context, status=422 if form.errors else 200)


ACTS = {
    "admit": _("Give a place"),
    "cancel": _("Cancel the registration"),
    "erase": _("Erase the registration"),
}


def act(request: HttpRequest, key: int, action: str) -> HttpResponse:
    """Ask, and then do it; a registration of an event that is not the user's own cannot be found."""
    if action not in ACTS:
        raise Http404
    registration = get_object_or_404(registrations_seen_by(request.user).select_related("date", "event"), pk=key)
    event = registration.event
    if request.method == "POST":
        _do(request, registration, action)
        return redirect("registrations:list", event.pk) if event else redirect("registrations:events")
    context = {"registration": registration, "event": event, "action": action, "heading": ACTS[action]}
    return render(request, "events/newsroom/act_on_registration.html", context)


def _do(request: HttpRequest, registration: Registration, action: str) -> None:
    now, name = timezone.now(), {"name": registration.name}
    if action == "erase":
        seats = registration.date
        # Wagtail's log would keep the name.
        Registration.objects.filter(pk=registration.pk).delete()
        promote_waiting(seats, now)
        messages.success(request, gettext("The registration was erased."))
    elif action == "cancel" and cancel(registration, now, by_hand=True):
        messages.success(request, gettext("The registration of %(name)s is cancelled; they get a letter.") % name)
    elif action == "admit" and admit(registration):
        messages.success(request, gettext("%(name)s has a place now, and gets a letter.") % name)
    else:
        messages.warning(request, gettext("This was done already."))
