"""Filter fields that accept several values in the URL and match any of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.html import format_html_join
from django.utils.safestring import SafeString


class JoinedSelect(forms.Select):
    """A select that shows the first chosen value; the others are submitted as hidden fields."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return list(dict.fromkeys(value for value in data.getlist(name) if value))

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        first, *further = value or [""]
        hidden = format_html_join("", '<input type="hidden" name="{}" value="{}">', ((name, each) for each in further))
        return super().render(name, [first], attrs, renderer) + hidden


class JoinedChoiceField(forms.TypedMultipleChoiceField):
    """A choice field that accepts several values in the URL. Its value is a list without the empty choice."""

    widget = JoinedSelect


def set_choices(form: forms.Form, name: str, everything: Any, choices: Iterable[tuple[Any, Any]]) -> None:
    """Set the choices of a filter field; `everything` labels the empty choice."""
    field = cast(forms.ChoiceField, form.fields[name])
    field.choices = [("", everything), *choices]


@dataclass(frozen=True)
class ChosenValue:
    label: str
    # The URL of the list with this value removed.
    url: str


def joined_values(chosen: forms.Form, params: QueryDict, list_url: str) -> list[ChosenValue]:
    """The values of multi-valued fields, each with the URL of the list without it."""
    found = []
    for name, values in chosen.cleaned_data.items():
        if not isinstance(values, list) or len(values) < 2:
            continue
        labels = dict(cast(Any, chosen.fields[name]).choices)
        for value in values:
            others = params.copy()
            others.pop("page", None)
            others.setlist(name, [str(each) for each in values if each != value])
            found.append(ChosenValue(str(labels[value]), f"{list_url}?{others.urlencode()}"))
    return found
