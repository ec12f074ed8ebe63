"""Shared passwords of private pages and folders: stored as hashes and never shown."""

from typing import Any

from django import forms
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.utils.translation import gettext as _
from wagtail.models import BaseViewRestriction

PASSWORD = BaseViewRestriction.PASSWORD


def is_hash(text: str) -> bool:
    try:
        identify_hasher(text)
    except ValueError:
        return False
    return True


def hash_password(sender: type, instance: BaseViewRestriction, **kwargs: Any) -> None:
    """`pre_save` receiver: hash the rule's password, whether a form, a command or a copy sets it."""
    if instance.restriction_type != PASSWORD:
        instance.password = ""
    elif instance.password and not is_hash(instance.password):
        instance.password = make_password(instance.password)


def is_right(typed: str, stored: str) -> bool:
    return bool(stored) and check_password(typed, stored)


class KeepsPassword(forms.ModelForm):
    """Mixin for Wagtail's privacy form, which would show the password. An empty field does not change the password."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.present = self.instance.password if self.instance.restriction_type == PASSWORD else ""
        if field := self.fields.get("password"):
            field.widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
            field.initial = self.initial["password"] = ""
            if self.present:
                field.help_text = _("Leave it empty to keep the current password, which nobody can see.")

    def clean_password(self) -> str:
        chosen = self.cleaned_data.get("password")
        if not chosen and self.present and self.cleaned_data.get("restriction_type") == PASSWORD:
            return self.present
        return super().clean_password()  # type: ignore[misc]
