"""The form for a record without versions. It does not overwrite values that others saved after it was opened."""

import json
from hashlib import sha256
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue

# The name of the input with the digests of the form's initial values.
OPENED = "opened_values"


class OpenedValues(forms.CharField):
    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class SparesNewerValues(forms.ModelForm):
    """Mixin for a model form. If the user has not changed a field, its newer value remains.

    If both people have changed a field, the field has an error, and the form shows the user's input. Saving again
    replaces the newer value.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._newest: dict[str, str] = {}
        if self.instance.pk:
            columns = [field for field in self._meta.model._meta.concrete_fields if field.name in self.fields]
            self._newest = {field.name: _digest(field, getattr(self.instance, field.attname)) for field in columns}
            self.fields[OPENED] = OpenedValues(required=False, initial=json.dumps(self._newest))

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        opened, conflicting = _read(self.cleaned_data.get(OPENED)), {}
        for name in opened.keys() & self._newest.keys() & self.cleaned_data.keys():
            newest = self._newest[name]
            typed = _digest(self._meta.model._meta.get_field(name), self.cleaned_data[name])
            if opened[name] == typed != newest:
                self.cleaned_data[name] = getattr(self.instance, name)
            elif opened[name] != newest != typed:
                conflicting[name] = newest
                text = _("Somebody else has changed this meanwhile. Save again to replace it with what you see here.")
                self.add_error(name, text)
        if conflicting:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data[self.add_prefix(OPENED)] = json.dumps(opened | conflicting)  # type: ignore[index]
        return cleaned


def _digest(field: Any, value: Any) -> str:
    """A short hash of a value, without the ids of its blocks."""
    if isinstance(value, StreamValue):
        # Unlike the raw data, this includes the default of every child block.
        value = [(child.block_type, child.block.get_prep_value(child.value)) for child in value]
    else:
        value = field.get_prep_value(value.pk if isinstance(value, Model) else value)
    return sha256(json.dumps(_without_keys(value), default=str, sort_keys=True).encode()).hexdigest()[:16]


def _without_keys(value: Any) -> Any:
    if isinstance(value, dict):
        # Blocks stored without an id get a different one in each form.
        return {name: _without_keys(part) for name, part in value.items() if name != "id"}
    return [_without_keys(part) for part in value] if isinstance(value, list | tuple) else value


def _read(sent: str | None) -> dict[str, str]:
    try:
        read = json.loads(sent or "{}")
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
