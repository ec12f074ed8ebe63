"""What a reader is asked who registers for a date, or changes what they said."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from events.models import EventPage, EventSettings, Occurrence, Registration
from events.places import Places
from events.registration.booking import Wish
from events.registration.links import site_of
from portal.core.readers.form_fields import LineField, ReaderAddressField, answer_field
from portal.core.readers.form_guard import FormGuard, GuardedForm
from portal.core.serving.editions import Edition, edition_of


def consent_text(page: EventPage) -> str:
    """What everybody agrees to who registers, in the active language, with the time that it is kept for."""
    days = EventSettings.for_site(site_of(page)).registrations_kept
    own = page.consent or gettext(
        "I agree that my answers are kept to organise this event and to write to me about it."
    )
    return f"{own} {gettext('They are deleted %(days)d days after it.') % {'days': days}}"


def recap_text() -> str:
    return gettext("Write to me once when the recap of this event is published.")


def seats_field(most: int) -> forms.Field:
    return forms.TypedChoiceField(label=_("Places"), coerce=int, choices=[(n, str(n)) for n in range(1, most + 1)])


def too_few(left: int) -> str:
    if left <= 0:
        return gettext("No place is left any more.")
    return ngettext("Only %(left)d place is left.", "Only %(left)d places are left.", left) % {"left": left}


class Questions:
    """Beside a form, the questions that the editor of an event wrote."""

    page: EventPage
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def ask(self, answers: dict[str, str] | None = None) -> None:
        for number, question in enumerate(self.asked):
            field = self.fields[f"answer-{number}"] = answer_field(question)
            field.initial = (answers or {}).get(question["label"])

    @property
    def asked(self) -> list[Any]:
        return [block.value for block in self.page.questions if block.value["label"]]

    @property
    def answers(self) -> list[list[str]]:
        return [[each["label"], self.cleaned_data[f"answer-{number}"]] for number, each in enumerate(self.asked)]


class RegistrationForm(Questions, GuardedForm):
    name = LineField(label=_("Name"))
    address = ReaderAddressField()

    def __init__(self, *args: Any, date: Occurrence, places: Places, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.date, self.places, self.page = date, places, date.event
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        if self.most_seats > 1:
            self.fields["seats"] = seats_field(self.most_seats)
        self.ask()
        self.fields["consent"] = forms.BooleanField(
            label=consent_text(self.page), error_messages={"required": _("Without this, nobody can be registered.")}
        )
        if self.page.offers_recap_news:
            self.fields["recap"] = forms.BooleanField(label=recap_text(), required=False)

    @property
    def most_seats(self) -> int:
        """As many as may be asked for, and are there; in the line as many as may be asked for."""
        return min(self.page.most_seats, self.places.left or self.places.capacity or self.page.most_seats)

    def wish(self, edition: Edition) -> Wish:
        facts = self.cleaned_data
        return Wish(
            name=facts["name"],
            address=facts["address"],
            language=edition.language,
            seats=facts.get("seats", 1),
            answers=self.answers,
            consent=consent_text(self.page),
            recap_consent=recap_text() if self.page.offers_recap_news else "",
            wants_recap=bool(facts.get("recap")),
        )

    def refuse(self, message: str) -> None:
        """Show the form once more, though it was sent: with a new form token."""
        self.guard.problem = "reused"
        self.add_error(None, message)


class ChangeRegistrationForm(Questions, forms.Form):
    """What somebody may change of their registration: not the address, which their link is for."""

    name = LineField(label=_("Name"))

    def __init__(self, *args: Any, registration: Registration, page: EventPage, **kwargs: Any):
        super().__init__(*args, label_suffix="", **kwargs)  # type: ignore[misc]
        self.page = page
        self.fields["name"].initial = registration.name
        most = max(page.most_seats, registration.seats)
        if most > 1:
            self.fields["seats"] = seats_field(most)
            self.fields["seats"].initial = registration.seats
        self.ask(dict(registration.answers))

    @property
    def facts(self) -> dict[str, Any]:
        facts = {"name": self.cleaned_data["name"], "answers": self.answers}
        return facts | ({"seats": self.cleaned_data["seats"]} if "seats" in self.cleaned_data else {})


def form_for(request: HttpRequest, date: Occurrence, places: Places) -> RegistrationForm:
    guard = FormGuard(request, edition_of(request).site, f"registration:{date.pk}")
    data = request.POST if request.method == "POST" else None
    return RegistrationForm(data, guard=guard, date=date, places=places)
