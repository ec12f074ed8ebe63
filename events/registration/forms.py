"""The public forms for a new registration and for changes to an existing one."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from events.availability import SeatAvailability
from events.pages import EventPage
from events.records import EventSettings, Occurrence, Registration
from events.registration.booking import BookingRequest
from events.registration.links import site_of
from portal.content.readers.form_fields import LineField, ReaderAddressField, answer_field
from portal.content.readers.form_guard import FormGuard, GuardedForm
from portal.content.readers.sources import hash_of_source
from portal.content.serving.editions import Edition, edition_of


def consent_text(page: EventPage) -> str:
    """Return the consent text in the active language, with the retention period."""
    days = EventSettings.for_site(site_of(page)).registration_days
    text = page.consent or gettext(
        "I have noted that my answers are needed for my registration: they are kept to organise this event and to "
        "write to me about it."
    )
    return f"{text} {gettext('They are deleted %(days)d days after it.') % {'days': days}}"


def recap_consent_text() -> str:
    return gettext("Write to me once when the recap of this event is published.")


def seats_field(maximum: int) -> forms.Field:
    return forms.TypedChoiceField(label=_("Places"), coerce=int, choices=[(n, str(n)) for n in range(1, maximum + 1)])


def not_enough_seats_text(left: int) -> str:
    if left <= 0:
        return gettext("No places are left.")
    return ngettext("Only %(left)d place is left.", "Only %(left)d places are left.", left) % {"left": left}


class QuestionFields:
    """Form mixin with the questions of the event `page`."""

    page: EventPage
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def add_question_fields(self, answers: dict[str, str] | None = None) -> None:
        for number, question in enumerate(self.questions):
            field = self.fields[f"answer-{number}"] = answer_field(question)
            field.initial = (answers or {}).get(question["label"])

    @property
    def questions(self) -> list[Any]:
        return [block.value for block in self.page.questions if block.value["label"]]

    @property
    def answers(self) -> list[list[str]]:
        return [[each["label"], self.cleaned_data[f"answer-{number}"]] for number, each in enumerate(self.questions)]


class RegistrationForm(QuestionFields, GuardedForm):
    asks_for_mail = True
    name = LineField(label=_("Name"))
    address = ReaderAddressField()

    def __init__(self, *args: Any, date: Occurrence, availability: SeatAvailability, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.date, self.availability, self.page = date, availability, date.event
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        if self.most_seats > 1:
            self.fields["seats"] = seats_field(self.most_seats)
        self.add_question_fields()
        self.fields["consent"] = forms.BooleanField(
            label=consent_text(self.page), error_messages={"required": _("Registration is not possible without this.")}
        )
        if self.page.offers_recap_news:
            self.fields["recap"] = forms.BooleanField(label=recap_consent_text(), required=False)

    @property
    def most_seats(self) -> int:
        """The most seats to offer, limited by the free seats, or by the capacity on the waiting list."""
        most = self.page.seats_for_one
        return min(most, self.availability.left or self.availability.capacity or most)

    def booking_request(self, edition: Edition) -> BookingRequest:
        values = self.cleaned_data
        return BookingRequest(
            name=values["name"],
            address=values["address"],
            language=edition.language,
            seats=values.get("seats", 1),
            answers=self.answers,
            consent=consent_text(self.page),
            recap_consent=recap_consent_text() if self.page.offers_recap_news else "",
            wants_recap=bool(values.get("recap")),
            source=hash_of_source(self.guard.request),
        )

    def show_again(self, message: str) -> None:
        self.guard.problem = "reused"
        self.add_error(None, message)


class ChangeRegistrationForm(QuestionFields, forms.Form):
    """Changes to a registration, except to the email address to which the link was sent."""

    name = LineField(label=_("Name"))

    def __init__(self, *args: Any, registration: Registration, page: EventPage, **kwargs: Any):
        super().__init__(*args, label_suffix="", **kwargs)  # type: ignore[misc]
        self.page = page
        self.fields["name"].initial = registration.name
        maximum = max(page.seats_for_one, registration.seats)
        if maximum > 1:
            self.fields["seats"] = seats_field(maximum)
            self.fields["seats"].initial = registration.seats
        self.add_question_fields(dict(registration.answers))

    @property
    def changed_values(self) -> dict[str, Any]:
        values = {"name": self.cleaned_data["name"], "answers": self.answers}
        return values | ({"seats": self.cleaned_data["seats"]} if "seats" in self.cleaned_data else {})


def form_for(request: HttpRequest, date: Occurrence, availability: SeatAvailability) -> RegistrationForm:
    guard = FormGuard(request, edition_of(request).site, f"registration:{date.pk}")
    data = request.POST if request.method == "POST" else None
    return RegistrationForm(data, guard=guard, date=date, availability=availability)
