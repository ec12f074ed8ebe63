"""Wagtail's checks of a page in its preview: accessibility and readability, of what its editors wrote."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Goes when Wagtail's user bar can show its content checks alone.

from typing import Any

from wagtail.admin.userbar import ContentCheckerItem


class ContentChecks(ContentCheckerItem):
    """Looks at the page itself: head and foot of the site are no editor's work."""

    axe_include = ["main"]


def checks_alone(request: Any, items: list[Any], page: Any) -> None:
    """In previews, the checks are all that is left of Wagtail's bar, which readers never get."""
    items[:] = [ContentChecks(in_editor=item.in_editor) for item in items if isinstance(item, ContentCheckerItem)]
