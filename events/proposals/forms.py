"""The public form that proposes an event or a recap, its corrections, and the form for a picture."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from events.pages import CalendarPage, EventPage
from events.proposals.dates import DatesField
from events.records import Occurrence, Proposal
from events.records.dates import OccurrenceQuerySet
from events.records.proposals import AFTER_DECISION, TO_DECIDE
from portal.content.readers.form_fields import LineField, ReaderAddressField, say_what_to_do
from portal.content.readers.form_guard import FormGuard, GuardedForm
from portal.content.serving.editions import Edition, edition_of
from portal.formats.words import in_words
from portal.media.file_types import PICTURES

# The number of past dates offered for a recap.
MOST_OFFERED = 50
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ACCEPTED = ",".join(f".{each}" for each in sorted(PICTURES))
TEXTS = ("organisation", "title", "place", "standfirst", "text", "website")


class TextLinesField(forms.CharField):
    """Plain text of several lines, without control characters."""

    def __init__(self, *, max_length: int, rows: int, **kwargs: Any):
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=max_length, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        return CONTROL.sub("", super().to_python(value) or "").replace("\r\n", "\n")


class WebsiteField(forms.URLField):
    def __init__(self, **kwargs: Any):
        super().__init__(max_length=200, assume_scheme="https", **kwargs)
        self.validators = [
            *(each for each in self.validators if not isinstance(each, URLValidator)),
            URLValidator(schemes=["http", "https"]),
        ]
        self.widget.attrs |= {"inputmode": "url", "autocomplete": "url"}


def consent_text() -> str:
    """The consent text in the active language."""
    text = gettext(
        "I understand that my name, my address and this proposal are kept to decide on it and to write to me about it. "
        "They are deleted %(days)d days after the decision, and after %(most)d days if there is none. What the "
        "newsroom publishes stays."
    )
    return text % {"days": AFTER_DECISION.days, "most": TO_DECIDE.days}


def past_dates(calendar: CalendarPage, edition: Edition, now: datetime) -> OccurrenceQuerySet:
    """The past dates of the calendar's public events that have no recap, latest first."""
    shown = EventPage.objects.visible_in(edition, now).filter(path__startswith=calendar.path)
    return Occurrence.objects.awaiting_recap(now).filter(event__in=shown)


class ProposalFields(forms.Form):
    """What a proposal says; without `dates` and `place` if it is a recap."""

    title = LineField(label=_("Title"), max_length=160)
    dates = DatesField(
        label=_("Dates"), help_text=_("Without a start, the event takes all day; without an end, the end is open.")
    )
    place = LineField(label=_("Place"), may_link=True, help_text=_("Name and address, or the link of an online event."))
    standfirst = TextLinesField(
        label=_("In short"), max_length=400, rows=3, help_text=_("One or two sentences, at most 400 characters.")
    )
    text = TextLinesField(label=_("Text"), max_length=5000, rows=8, required=False)
    website = WebsiteField(label=_("Website"), required=False)
    organisation = LineField(label=_("Organisation"), max_length=160, required=False)

    def _leave_out_dates(self) -> None:
        del self.fields["dates"], self.fields["place"]
        self.fields["text"].required = True
        self.fields["text"].help_text = gettext("What happened, who spoke, how many came.")

    @property
    def facts(self) -> dict[str, Any]:
        """The values for the proposal's columns."""
        chosen = {name: self.cleaned_data[name] for name in TEXTS if name in self.cleaned_data}
        if "dates" in self.cleaned_data:
            chosen["dates"] = [each.row for each in self.cleaned_data["dates"]]
        return chosen


class ProposalForm(ProposalFields, GuardedForm):
    asks_for_mail = True
    date = forms.ChoiceField(label=_("Event"))
    name = LineField(label=_("Your name"), max_length=120)
    address = ReaderAddressField(help_text=_("Is not published. You get a link to confirm your proposal."))

    field_order = ["date", "title", "dates", "place", "standfirst", "text", "website", "organisation"]

    def __init__(self, *args: Any, calendar: CalendarPage, kind: str, edition: Edition, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.calendar, self.kind = calendar, kind
        self.past: dict[str, Occurrence] = {}
        if kind == Proposal.Kind.RECAP:
            self._leave_out_dates()
            found = past_dates(calendar, edition, timezone.now()).for_rows()[:MOST_OFFERED]
            self.past = {str(each.pk): each for each in found}
            named = [(key, f"{each.shown_title}, {in_words(each.first_day)}") for key, each in self.past.items()]
            self.fields["date"].choices = [("", "—"), *named]  # type: ignore[attr-defined]
        else:
            del self.fields["date"]
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["organisation"].widget.attrs["autocomplete"] = "organization"
        error = _("Please tick this box to send your proposal.")
        self.fields["consent"] = forms.BooleanField(label=consent_text(), error_messages={"required": error})

    @property
    def facts(self) -> dict[str, Any]:
        people = {name: self.cleaned_data[name] for name in ("name", "address")}
        return {**super().facts, **people, "date": self.past.get(self.cleaned_data.get("date", ""))}

    def show_again(self, message: Any) -> None:
        self.guard.problem = "reused"
        self.add_error(None, message)


class ChangeProposalForm(ProposalFields):
    """Corrections by the link in the mail; the address stays."""

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any):
        initial = {name: getattr(proposal, name) for name in (*TEXTS, "dates")}
        super().__init__(*args, label_suffix="", initial=initial, **kwargs)  # type: ignore[misc]
        if proposal.is_recap:
            self._leave_out_dates()
        else:
            days = frozenset(each.day for each in proposal.proposed_dates)
            self.fields["dates"].proposed_days = days  # type: ignore[attr-defined]
        for field in self.fields.values():
            say_what_to_do(field)


class PictureForm(forms.Form):
    file = forms.FileField(label=_("Picture"), widget=forms.FileInput({"accept": ACCEPTED}))
    description = LineField(
        label=_("What the picture shows"), max_length=255, help_text=_("For people who cannot see it.")
    )
    credit = LineField(
        label=_("Credit"),
        max_length=160,
        help_text=_("Who took it. Only send pictures that you may publish, with the consent of the people in them."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, label_suffix="", prefix="picture", **kwargs)  # type: ignore[misc]
        for field in self.fields.values():
            say_what_to_do(field)


def form_for(request: HttpRequest, calendar: CalendarPage, kind: str) -> ProposalForm:
    edition = edition_of(request)
    guard = FormGuard(request, edition.site, f"proposal:{calendar.pk}:{kind}")
    data = request.POST if request.method == "POST" else None
    return ProposalForm(data, guard=guard, calendar=calendar, kind=kind, edition=edition)
