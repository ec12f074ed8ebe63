"""The fields of public forms: what strangers write, made harmless where it comes in."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.core.readers.addresses import tidy

LINK = re.compile(r"://|\bwww\.|\bhref\b|\[url", re.IGNORECASE)


class ReaderAddressField(forms.EmailField):
    """An e-mail address that letters can be sent to, tidied."""

    def __init__(self, **kwargs: Any):
        super().__init__(**{"label": _("E-mail address"), **kwargs})
        self.widget.attrs.setdefault("autocomplete", "email")

    def to_python(self, value: Any) -> str:
        written = super().to_python(value)
        try:
            return tidy(written) if written else ""
        except ValueError as error:
            message = _("Write one address, such as name@example.org.")
            raise ValidationError(message, code="invalid") from error


class LineField(forms.CharField):
    """One line of text, such as a name: line breaks and other control characters become spaces, a link is refused."""

    def __init__(self, *, max_length: int = 200, may_link: bool = False, **kwargs: Any):
        super().__init__(max_length=max_length, **kwargs)
        self.may_link = may_link

    def to_python(self, value: Any) -> str:
        line = one_line(super().to_python(value) or "")
        if not self.may_link and LINK.search(line):
            raise ValidationError(_("Please leave links out here."), code="link")
        return line


def answer_field(question: Mapping[str, Any]) -> forms.Field:
    """The field of a question that an editor wrote; see `portal.core.blocks.questions`."""
    choices = [line.strip() for line in (question["choices"] or "").splitlines() if line.strip()]
    facts: dict[str, Any] = {"label": question["label"], "required": bool(question["is_required"])}
    if not choices:
        return LineField(**facts)
    return forms.ChoiceField(choices=[("", "—"), *((choice, choice) for choice in choices)], **facts)


def one_line(text: str) -> str:
    """A text without line breaks and invisible characters, such as those that turn the direction of writing."""
    visible = (" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    kept = (letter for letter in visible if unicodedata.category(letter) not in ("Cf", "Cs", "Co"))
    return " ".join("".join(kept).split())
