"""The rich text field of the newsroom, which raises its own error for malformed content."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's rich text field refuses malformed values.

from typing import Any

from draftjs_exporter.error import ExporterException
from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea

# RecursionError is raised for JSON that is nested too deeply.
MALFORMED = (AttributeError, ExporterException, IndexError, KeyError, TypeError, ValueError, RecursionError)


class MalformedTextError(ValueError):
    """The submitted rich text is not content of the editor."""


class RichTextArea(DraftailRichTextArea):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        try:
            value = super().value_from_datadict(data, files, name)
        except MALFORMED as error:
            raise MalformedTextError(name) from error
        return storable(value) if isinstance(value, str) else value


def storable(text: str) -> str:
    """The text without NUL and lone surrogates. JSON can express these, but databases cannot store them."""
    return text.encode(errors="ignore").decode().replace("\0", "")
