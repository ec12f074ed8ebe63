"""The 503 response when the database is down: a page in the site's look, with Retry-After."""

import sys
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_path, override

from portal.content.serving import views
from portal.content.serving.editions import Edition
from portal.content.serving.snapshot import last_snapshot_of
from portal.content.serving.theme import theme_stylesheet, theme_version
from portal.platform.operation.database import is_unavailable
from portal.platform.status.failed_pages import note_failure

SECONDS = 30


def server_error(request: HttpRequest) -> HttpResponse:
    """Handle server errors: 503 if the database is unavailable, otherwise 500."""
    if is_unavailable(sys.exc_info()[1]):
        return unavailable(request)
    note_failure(request)
    return views.server_error(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The 503 page, or the theme's style sheet for it. Needs no database."""
    edition = getattr(request, "edition", None) or _last_edition(request)
    context: dict[str, Any] = {"status": 503}
    if edition is not None:
        version = theme_version(edition.settings)
        if request.path_info == f"/theme-{version}.css":
            return HttpResponse(theme_stylesheet(edition.settings), content_type="text/css; charset=utf-8")
        context |= {"theme_version": version, "site_name": edition.name}
    with override(edition.language if edition else settings.LANGUAGE_CODE):
        # Without the request, no context processor runs; they would query the user.
        response = HttpResponse(render_to_string("errors/unavailable.html", context), status=503)
    response["Retry-After"] = str(SECONDS)
    response["Cache-Control"] = "no-store"
    return response


def _last_edition(request: HttpRequest) -> Edition | None:
    try:
        hostname, port = split_domain_port(request.get_host())
    except (DatabaseError, InterfaceError):
        # The sites’ hosts are those of the database, and it has not responded yet.
        return None
    snapshot = last_snapshot_of(hostname, port or ("443" if request.is_secure() else "80"))
    if snapshot is None:
        return None
    return snapshot.editions.get(get_language_from_path(request.path_info) or "", snapshot.default)
