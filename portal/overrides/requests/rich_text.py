"""The rich text field of the newsroom, with an error of its own for malformed content."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Goes when Wagtail's rich text field refuses malformed values.

from typing import Any

from draftjs_exporter.error import ExporterException
from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea

# The last is raised for JSON that is nested too deeply.
MALFORMED = (AttributeError, ExporterException, IndexError, KeyError, TypeError, ValueError, RecursionError)


class MalformedTextError(ValueError):
    """The submitted rich text is no content of the editor."""


class RichTextArea(DraftailRichTextArea):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        try:
            return super().value_from_datadict(data, files, name)
        except MALFORMED as error:
            raise MalformedTextError(name) from error
