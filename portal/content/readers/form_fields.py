"""Fields of public forms that sanitise their input."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.platform.addresses import normalize_address

LINK = re.compile(r"://|\bwww\.|\bhref\b|\[url", re.IGNORECASE)


class ReaderAddressField(forms.EmailField):
    def __init__(self, **kwargs: Any):
        super().__init__(**{"label": _("E-mail address"), **kwargs})
        self.widget.attrs.setdefault("autocomplete", "email")

    def to_python(self, value: Any) -> str:
        written = super().to_python(value)
        try:
            return normalize_address(written) if written else ""
        except ValueError as error:
            message = _("Enter one email address, such as name@example.org.")
            raise ValidationError(message, code="invalid") from error


class LineField(forms.CharField):
    """One line of text, such as a name. Control characters become spaces; a link is an error."""

    def __init__(self, *, max_length: int = 200, may_link: bool = False, **kwargs: Any):
        super().__init__(max_length=max_length, **kwargs)
        self.may_link = may_link

    def to_python(self, value: Any) -> str:
        line = one_line(super().to_python(value) or "")
        if not self.may_link and LINK.search(line):
            raise ValidationError(_("Please do not write links here."), code="link")
        return line


def answer_field(question: Mapping[str, Any]) -> forms.Field:
    """The form field for an editor's question; see `portal.content.blocks.questions`."""
    choices = [line.strip() for line in (question["choices"] or "").splitlines() if line.strip()]
    facts: dict[str, Any] = {"label": question["label"], "required": bool(question["is_required"])}
    if not choices:
        return LineField(**facts)
    return forms.ChoiceField(choices=[("", "—"), *((choice, choice) for choice in choices)], **facts)


def say_what_to_do(field: forms.Field) -> None:
    """Replace Django's message for a required field, unless the field has its own."""
    if field.error_messages["required"] is not forms.Field.default_error_messages["required"]:
        return
    if isinstance(field, forms.BooleanField):
        message = _("Please tick this box.")
    elif isinstance(field, forms.ChoiceField):
        message = _("Please choose an answer.")
    else:
        message = _("Please fill in this field.")
    field.error_messages["required"] = message


def one_line(text: str) -> str:
    """Return the text without line breaks or invisible characters such as direction marks."""
    spaced = (" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    visible = (char for char in spaced if unicodedata.category(char) not in ("Cf", "Cs", "Co"))
    return " ".join("".join(visible).split())
