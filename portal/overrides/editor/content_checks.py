"""Wagtail's content checks in previews, limited to what editors wrote."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's user bar can show its content checks alone.

from typing import Any

from wagtail.admin.userbar import ContentCheckerItem


class ContentChecks(ContentCheckerItem):
    """Checks the main element only, without the site's header and footer."""

    axe_include = ["main"]


def checks_alone(request: Any, items: list[Any], page: Any) -> None:
    """Remove everything but the checks from Wagtail's user bar."""
    items[:] = [ContentChecks(in_editor=item.in_editor) for item in items if isinstance(item, ContentCheckerItem)]
