"""The context processor of all templates."""

from typing import Any

from django.http import HttpRequest

from portal.content.serving.theme import theme_version


def edition(request: HttpRequest) -> dict[str, Any]:
    """The edition and its theme version; empty for a request to an unknown host."""
    found = getattr(request, "edition", None)
    return {"edition": found, "theme_version": theme_version(found.settings)} if found else {}
