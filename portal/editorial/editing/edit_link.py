"""Links a page on the site to its form in the newsroom."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access
from wagtail.models import Page

from portal.content.serving.routing import page_at
from portal.content.serving.snapshot import snapshot_of
from portal.editorial.people import may_edit_page


@never_cache
@require_safe
def edit_shown_page(request: HttpRequest) -> HttpResponse:
    """Redirect to the form of the page at the URL `at`.

    Without a session, first redirect to the newsroom's own host.
    """
    newsroom = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    if settings.SESSION_COOKIE_NAME not in request.COOKIES and request.get_host() != newsroom.netloc:
        return HttpResponseRedirect(f"{settings.WAGTAILADMIN_BASE_URL}{request.get_full_path()}")
    response: HttpResponse = require_admin_access(_to_form)(request)
    return response


def _to_form(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    page = _page_at(request.GET.get("at", ""))
    if page is None or not may_edit_page(page, user):
        messages.error(request, _("You may not edit the page that you came from, or it is no longer there."))
        return redirect("wagtailadmin_home")
    return redirect("wagtailadmin_pages:edit", page.pk)


def _page_at(address: str) -> Page | None:
    if "\0" in address:
        return None
    try:
        parts = urlsplit(address)
        snapshot = snapshot_of(parts.hostname or "", str(parts.port or (443 if parts.scheme == "https" else 80)))
        language, _slash, path = parts.path.lstrip("/").partition("/")
        if snapshot is None or language not in snapshot.editions:
            return None
        return page_at(snapshot.editions[language], path, timezone.now())[0]
    except (ValueError, Http404):
        return None
