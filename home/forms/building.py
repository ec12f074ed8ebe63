"""Builds a reader's form from the fields that an editor chose."""

from typing import Any

from django import forms
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.forms.forms import BaseForm, FormBuilder

from home.forms.files import FilesField
from home.forms.stepping import ShownIf, SteppedForm
from portal.content.readers.form_fields import LineField, ReaderAddressField
from portal.content.readers.uploads import ScansOfPost
from portal.media.file_types import DOCUMENTS, PICTURES

MAX_TEXT_LENGTH = 10_000


# The types of questions on which a condition may depend.
DECIDING = ("checkbox", "checkboxes", "dropdown", "multiselect", "radio")


def same_label(label: str) -> str:
    """A value that is equal for labels that differ only in case and spacing."""
    return " ".join(label.split()).casefold()


class FileTypes(models.TextChoices):
    ANY = "", _("Pictures and documents")
    PICTURES = "pictures", _("Pictures (JPG, PNG, WebP, HEIC)")
    DOCUMENTS = "documents", _("Documents (PDF, Word, Excel, OpenDocument)")
    PDF = "pdf", _("PDF only")


EXTENSIONS = {
    FileTypes.ANY: PICTURES | DOCUMENTS,
    FileTypes.PICTURES: PICTURES,
    FileTypes.DOCUMENTS: DOCUMENTS,
    FileTypes.PDF: frozenset({"pdf"}),
}


class ReaderForm(SteppedForm, BaseForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        scans = ScansOfPost()
        for name, field in self.fields.items():
            if isinstance(field, FilesField):
                field.guard, field.page, field.name, field.scans = self.guard, self.page, name, scans

    @property
    def is_multipart_form(self) -> bool:
        return any(isinstance(field, FilesField) for field in self.fields.values())

    @property
    def answers(self) -> dict[str, Any]:
        """The answers to store in the message; for files, their names."""
        return {
            name: [each.name for each in value] if isinstance(self.fields[name], FilesField) else value
            for name, value in self.cleaned_data.items()
        }

    @property
    def sent_files(self) -> list[Any]:
        files = (each for each, field in self.fields.items() if isinstance(field, FilesField))
        return [file for name in files for file in self.cleaned_data.get(name) or ()]

    @property
    def address(self) -> str:
        """The value of the first email field that is filled in; empty if there is none."""
        names = (name for name, field in self.fields.items() if isinstance(field, ReaderAddressField))
        return next((self.cleaned_data[name] for name in names if self.cleaned_data.get(name)), "")


class ReaderFormBuilder(FormBuilder):
    """Wagtail's form builder with stricter fields, and with a field for files."""

    @property
    def formfields(self):
        """The fields with their steps and conditions. A condition on a question that no longer exists has no effect."""
        found = super().formfields
        step = 0
        earlier: dict[str, tuple[str, str]] = {}
        for number, field in enumerate(self.fields):
            name = field.clean_name or field.get_field_clean_name()
            if field.begins_step and number:
                step += 1
            found[name].step, found[name].condition = step, None
            if source := earlier.get(same_label(field.shown_if)):
                found[name].condition = ShownIf(source[0], source[1], field.shown_if_value.strip())
            if field.field_type in DECIDING:
                earlier[same_label(field.label)] = (name, field.label)
        return found

    def create_singleline_field(self, field, options):
        return LineField(max_length=255, may_link=True, **options)

    def create_multiline_field(self, field, options):
        return forms.CharField(max_length=MAX_TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 8}), **options)

    def create_email_field(self, field, options):
        return ReaderAddressField(**options)

    def create_date_field(self, field, options):
        return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)

    def create_datetime_field(self, field, options):
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        return forms.DateTimeField(widget=widget, **options)

    def create_hidden_field(self, field, options):
        return LineField(max_length=255, widget=forms.HiddenInput(), **{**options, "required": False})

    def create_file_field(self, field, options):
        del options["initial"]
        found = FilesField(
            extensions=EXTENSIONS[field.file_types], most=field.max_files, megabytes=field.max_megabytes, **options
        )
        # The editor's help text is already escaped.
        found.help_text = format_html("{} {}", mark_safe(options["help_text"]), found.limits).strip()
        return found

    def create_dropdown_field(self, field, options):
        choices = [("", "—"), *self.get_formatted_field_choices(field)]
        return forms.ChoiceField(choices=choices, **options)

    def create_multiselect_field(self, field, options):
        return self.create_checkboxes_field(field, options)

    def get_form_class(self):
        return type("ReaderForm", (ReaderForm,), self.formfields)
