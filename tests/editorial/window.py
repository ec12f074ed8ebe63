"""The newsroom's page form in an open browser window: submits the rendered fields, and applies responses."""

from typing import Any

from django import forms
from django.test import Client
from django.urls import reverse
from wagtail.blocks.base import BlockField
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, querydict_from_html, streamfield


class Window:
    """A page that somebody has opened in the newsroom."""

    def __init__(self, client: Client, page: Page):
        self.client, self.page = client, page
        self.path = reverse("wagtailadmin_pages:edit", args=[page.pk])
        self.open()

    @property
    def lists(self) -> list[str]:
        """The names of the inline lists of the form."""
        return [name for name in self.form.formsets if name != "comments"]

    def open(self) -> None:
        response = self.client.get(self.path)
        self.form = response.context["form"]
        shown = querydict_from_html(response.content.decode(), form_id="page-edit-form")
        self.data: dict[str, Any] = {name: values if len(values) > 1 else values[0] for name, values in shown.lists()}
        # Scripts add these to the form.
        streams = {name: field for name, field in self.form.fields.items() if isinstance(field, BlockField)}
        self.data |= nested_form_data({name: _written(field) for name, field in streams.items()})
        self.data |= nested_form_data({"comments": inline_formset([])})

    def add_row(self, name: str) -> int:
        """Press “Add”, and return the number of the row."""
        number = int(self.data[f"{name}-TOTAL_FORMS"])
        blank = {each.name: each.value() for each in self.form.formsets[name].empty_form}
        blank |= {"id": "", "DELETE": "", "ORDER": number + 1}
        for key, value in blank.items():
            if not isinstance(value, bool):
                self.data[f"{name}-{number}-{key}"] = "" if value is None else str(value)
        self.data[f"{name}-TOTAL_FORMS"] = str(number + 1)
        return number

    def required(self, name: str) -> list[str]:
        """The fields of a list without which a row is incomplete."""
        return [key for key, field in self.form.formsets[name].form.base_fields.items() if field.required]

    def fill(self, name: str, number: int, key: str) -> None:
        self.data[f"{name}-{number}-{key}"] = _value(self.form.formsets[name].form.base_fields[key], number)

    def finish(self, name: str, number: int) -> None:
        for key in self.required(name):
            self.fill(name, number, key)

    def typed(self, name: str, number: int) -> str:
        """The fields that distinguish a row from the others of its list."""
        return self.data[f"{name}-{number}-{self.required(name)[0]}"]

    def draft(self) -> Page:
        page: Page = type(self.page).objects.get(pk=self.page.pk).get_latest_revision_as_object()
        return page

    def stored(self, name: str) -> list[str]:
        return self.rows_of(self.draft(), name)

    def published(self, name: str) -> list[str]:
        return self.rows_of(type(self.page).objects.get(pk=self.page.pk), name)

    def rows_of(self, page: Page, name: str) -> list[str]:
        """The distinguishing values of the rows of a page, in order."""
        rows = sorted(getattr(page, name).all(), key=lambda row: row.sort_order)
        column = rows[0]._meta.get_field(self.required(name)[0]).attname if rows else ""
        return [str(getattr(row, column)) for row in rows]

    def autosave(self) -> dict[str, Any]:
        """Autosave as Wagtail's script does: afterwards the form has the keys of its rows and the version to overwrite."""
        response = self.client.post(self.path, self.data, headers={"accept": "application/json"})
        answer: dict[str, Any] = response.json()
        assert (response.status_code, answer.get("success")) == (200, True), answer
        self.data |= {name: value for name, value in answer.get("field_updates", {}).items() if name in self.data}
        if "revision_id" in answer:
            self.data["overwrite_revision_id"] = str(answer["revision_id"])
        return answer

    def send(self, button: str = "") -> Any:
        """Submit the form by hand, without the version that an autosave created."""
        sent = {name: value for name, value in self.data.items() if name != "overwrite_revision_id"}
        return self.client.post(self.path, sent | ({button: "1"} if button else {}))


def _written(field: BlockField) -> Any:
    offers_text = "paragraph" in getattr(field.block, "child_blocks", ())
    text = '{"entityMap": {}, "blocks": [{"key": "a1b2c", "text": "%s", "type": "unstyled", "depth": 0}]}'
    return streamfield([("paragraph", text % "La salle était pleine.")] if offers_text else [])


def _value(field: forms.Field, number: int) -> str:
    """A plausible value for a field, different in each row if the field allows it."""
    if isinstance(field, forms.ModelChoiceField):
        return str(field.queryset.model.objects.order_by("-pk")[number].pk)
    if isinstance(field, forms.ChoiceField):
        return str(list(field.choices)[1][0])
    return f"2027-04-{number + 1:02}" if isinstance(field, forms.DateField) else f"Ligne {number}"
