"""The newsroom's form of articles."""

from typing import Any

from portal.content.forms import PortalPageForm


class ArticleForm(PortalPageForm):
    """Keeps the format if it was not submitted, such as by a form that was opened before there were formats."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.is_bound and self.add_prefix("format") not in self.data and "format" in self.fields:
            # Without a value, the form would count as changed, and the person as an author.
            self.fields["format"].disabled = True
