"""A newsroom form in an open browser window: submits the rendered fields, and applies responses."""

from typing import Any

from bs4 import BeautifulSoup
from django import forms
from django.forms.formsets import BaseFormSet
from django.test import Client
from django.urls import reverse
from wagtail.blocks.base import BlockField
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, querydict_from_html

from tests.editorial.rows.streams import written

OWN = {"portal", "home", "articles", "events", "search"}
# The inputs that the server changes when it shows a form again.
HIDDEN = {"opened_values"}


def is_own(form: type[forms.BaseForm]) -> bool:
    """Whether the form class is ours, or derived from one of ours."""
    return any(each.__module__.split(".")[0] in OWN for each in form.__mro__)


class OpenForm:
    """A form that is saved by its button, and then opened again."""

    def __init__(self, client: Client, path: str, record: Any):
        self.client, self.path, self.record = client, path, record
        self.open()

    def open(self) -> None:
        response = self.client.get(self.path)
        self.form = response.context["form"]
        contexts = response.context if isinstance(response.context, list) else [response.context]
        values = [value for each in contexts for value in each.flatten().values()]
        beside = [value for value in values if isinstance(value, BaseFormSet)]
        self.formsets = {each.prefix: each for each in beside if is_own(each.form)}
        self.formsets |= {name: each for name, each in getattr(self.form, "formsets", {}).items() if name != "comments"}
        html = BeautifulSoup(response.content, "html.parser")
        inputs = querydict_from_html(str(html.select_one("form[data-edit-form]") or html.select_one("main form")))
        self.data: dict[str, Any] = {name: values if len(values) > 1 else values[0] for name, values in inputs.lists()}
        # Scripts add these to the form.
        for name, field in self.streams.items():
            self.data |= written(field.block, name, self.form[name].value())
        self.data |= nested_form_data({"comments": inline_formset([])})

    @property
    def lists(self) -> list[str]:
        """The names of the inline lists of the form."""
        return list(self.formsets)

    @property
    def streams(self) -> dict[str, BlockField]:
        return {name: field for name, field in self.form.fields.items() if isinstance(field, BlockField)}

    def save(self) -> list[str]:
        """Press the button; return the errors."""
        response = self.client.post(self.path, self.data)
        if response.status_code == 302:
            self.open()
            return []
        html = BeautifulSoup(response.content, "html.parser")
        for name in HIDDEN & self.data.keys():
            # The page shown now has another value for a hidden input.
            self.data[name] = html.select_one(f"[name={name}]")["value"]
        shown = html.select(".error-message, .messages .error")
        return [" ".join(each.text.split()) for each in shown] or [f"The server answered {response.status_code}."]

    def stored_record(self) -> Any:
        return type(self.record).objects.get(pk=self.record.pk)

    def stored(self, name: str) -> list[str]:
        return self.rows_of(self.stored_record(), name)

    def add_row(self, name: str) -> int:
        """Press “Add”, and return the number of the row."""
        number = int(self.data[f"{name}-TOTAL_FORMS"])
        blank = {each.name: each.value() for each in self.formsets[name].empty_form}
        blank |= {"id": "", "DELETE": "", "ORDER": number + 1}
        for key, value in blank.items():
            if not isinstance(value, bool):
                self.data[f"{name}-{number}-{key}"] = "" if value is None else str(value)
        self.data[f"{name}-TOTAL_FORMS"] = str(number + 1)
        return number

    def rows(self, name: str) -> list[int]:
        """The numbers of the rows that are not deleted, in order."""
        numbers = range(int(self.data[f"{name}-TOTAL_FORMS"]))
        left = [number for number in numbers if not self.data.get(f"{name}-{number}-DELETE")]
        return sorted(left, key=lambda number: int(self.data.get(f"{name}-{number}-ORDER") or number))

    def required(self, name: str) -> list[str]:
        """The fields that a complete row in a list needs."""
        return [key for key, field in self.formsets[name].form.base_fields.items() if field.required]

    def fill(self, name: str, number: int, key: str) -> None:
        self.data[f"{name}-{number}-{key}"] = _value(self.formsets[name].form.base_fields[key], number)

    def finish(self, name: str, number: int) -> None:
        for key in self.required(name):
            self.fill(name, number, key)

    def typed(self, name: str, number: int) -> str:
        """The fields that distinguish a row from the others of its list."""
        return self.data[f"{name}-{number}-{self.required(name)[0]}"]

    def rows_of(self, record: Any, name: str) -> list[str]:
        """The distinguishing values of a record's rows, in order."""
        rows = sorted(getattr(record, name).all(), key=lambda row: row.sort_order)
        column = rows[0]._meta.get_field(self.required(name)[0]).attname if rows else ""
        return [str(getattr(row, column)) for row in rows]


class Window(OpenForm):
    """A page open in the newsroom."""

    def __init__(self, client: Client, page: Page):
        super().__init__(client, reverse("wagtailadmin_pages:edit", args=[page.pk]), page)

    @property
    def page(self) -> Page:
        return self.record

    def open(self) -> None:
        super().open()
        for name, field in self.streams.items():
            # An empty body is shown with an empty paragraph.
            is_empty = not any(getattr(child.value, "source", True) for child in self.form[name].value())
            if is_empty and "paragraph" in field.block.child_blocks:
                self.data |= written(field.block, name, field.block.to_python([PARAGRAPH]))

    def draft(self) -> Page:
        page: Page = super().stored_record().get_latest_revision_as_object()
        return page

    stored_record = draft

    def published(self, name: str) -> list[str]:
        return self.rows_of(super().stored_record(), name)

    def autosave(self) -> dict[str, Any]:
        """Autosave as Wagtail's script does: the form then has the keys of its rows and the version to overwrite."""
        response = self.client.post(self.path, self.data, headers={"accept": "application/json"})
        answer: dict[str, Any] = response.json()
        assert (response.status_code, answer.get("success")) == (200, True), answer
        self.data |= {name: value for name, value in answer.get("field_updates", {}).items() if name in self.data}
        if "revision_id" in answer:
            self.data["overwrite_revision_id"] = str(answer["revision_id"])
        return answer

    def save(self) -> list[str]:
        """Autosave; return the values that were not saved."""
        answer = self.autosave()
        return [answer["note"]] if "note" in answer else []

    def send(self, button: str = "") -> Any:
        """Submit the form manually, without the version that an autosave created."""
        sent = {name: value for name, value in self.data.items() if name != "overwrite_revision_id"}
        return self.client.post(self.path, sent | ({button: "1"} if button else {}))


PARAGRAPH = {"type": "paragraph", "value": "<p>La salle était pleine.</p>"}


def _value(field: forms.Field, number: int) -> str:
    """A plausible value for a field, different in each row if the field allows it."""
    if isinstance(field, forms.ModelChoiceField):
        found = field.queryset.model.objects.order_by("-pk")
        return str(found[number % len(found)].pk)
    if isinstance(field, forms.ChoiceField):
        return str(list(field.choices)[1][0])
    return f"2027-04-{number + 1:02}" if isinstance(field, forms.DateField) else f"Ligne {number}"
