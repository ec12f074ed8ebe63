"""What every template knows."""

from typing import Any

from django.http import HttpRequest

from portal.core.serving.theme import version


def edition(request: HttpRequest) -> dict[str, Any]:
    """The edition and the version of its theme; nothing for a request that no site answers."""
    found = getattr(request, "edition", None)
    return {"edition": found, "theme_version": version(found.settings)} if found else {}
