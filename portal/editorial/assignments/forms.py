"""The form that changes several records at once, and the filters of a list by status and person."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.utils.translation import pgettext, pgettext_lazy
from django_filters import ModelChoiceFilter, MultipleChoiceFilter

from portal.accounts.names import name_of
from portal.editorial.assignments.records import Progress

UNCHANGED, NOBODY = "", "nobody"


class SeveralRecordsForm(forms.Form):
    """The changes to all selected records. An empty choice leaves each as it is."""

    status = forms.ChoiceField(label=pgettext_lazy("form message", "Status"), required=False)
    assigned_to = forms.ChoiceField(label=pgettext_lazy("form message", "Assigned to"), required=False)

    def __init__(self, *args: Any, people: Iterable[Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people = {str(each.pk): each for each in people}
        unchanged = (UNCHANGED, pgettext("form message", "Leave as it is"))
        choices = [(key, name_of(each)) for key, each in self.people.items()]
        status, person = (cast(forms.ChoiceField, field) for field in self.fields.values())
        status.choices = [unchanged, *Progress.choices]
        person.choices = [unchanged, (NOBODY, pgettext("form message", "Nobody")), *choices]

    @property
    def changes(self) -> dict[str, Any]:
        status, person = self.cleaned_data["status"], self.cleaned_data["assigned_to"]
        return ({"status": status} if status else {}) | (
            {"assigned_to": self.people.get(person)} if person != UNCHANGED else {}
        )


def people_in_charge_of(records: QuerySet[Any]) -> QuerySet[Any]:
    return get_user_model().objects.filter(pk__in=records.values("assigned_to"))


def status_filter() -> MultipleChoiceFilter:
    return MultipleChoiceFilter(
        label=pgettext_lazy("form message", "Status"), choices=Progress.choices, widget=CheckboxSelectMultiple
    )


def person_filter(people: Any) -> ModelChoiceFilter:
    """`people` takes the request and returns those in charge of the listed records."""
    return ModelChoiceFilter(
        label=pgettext_lazy("form message", "Assigned to"),
        queryset=people,
        null_label=pgettext_lazy("form message", "Nobody"),
    )
