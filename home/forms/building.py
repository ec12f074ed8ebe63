"""Builds a reader's form from the fields that an editor chose."""

from django import forms
from wagtail.contrib.forms.forms import BaseForm, FormBuilder

from portal.content.readers.form_fields import LineField, ReaderAddressField
from portal.content.readers.form_guard import GuardedForm

MAX_TEXT_LENGTH = 10_000


class ReaderForm(GuardedForm, BaseForm):
    @property
    def address(self) -> str:
        """The value of the first email field that is filled in; empty if there is none."""
        names = (name for name, field in self.fields.items() if isinstance(field, ReaderAddressField))
        return next((self.cleaned_data[name] for name in names if self.cleaned_data.get(name)), "")


class ReaderFormBuilder(FormBuilder):
    """Wagtail's form builder with stricter fields and without a file field."""

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

    def create_dropdown_field(self, field, options):
        choices = [("", "—"), *self.get_formatted_field_choices(field)]
        return forms.ChoiceField(choices=choices, **options)

    def create_multiselect_field(self, field, options):
        return self.create_checkboxes_field(field, options)

    def get_form_class(self):
        return type("ReaderForm", (ReaderForm,), self.formfields)
