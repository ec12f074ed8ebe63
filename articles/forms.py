"""The newsroom's form of articles."""

from typing import Any

from portal.content.forms import PortalPageForm


class ArticleForm(PortalPageForm):
    """Keeps the format if it was not submitted, such as by a form that was opened before there were formats."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "format" in self.fields:
            self.fields["format"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("format") == "":
            cleaned["format"] = self.instance.format
        return cleaned
