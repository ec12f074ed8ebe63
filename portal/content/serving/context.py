"""The context processor of all templates."""

from typing import Any

from django.http import HttpRequest

from portal.content.serving.theme import font_files, theme_version


def edition(request: HttpRequest) -> dict[str, Any]:
    """The edition with its theme version and fonts; empty for a request to an unknown host."""
    found = getattr(request, "edition", None)
    if not found:
        return {}
    return {
        "edition": found,
        "theme_version": theme_version(found.settings),
        "font_files": font_files(found.settings),
    }
