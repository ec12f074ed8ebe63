"""Who may see a non-public file: its newsroom, and readers admitted to a page that uses it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_resolver, get_urlconf
from wagtail.permissions import policy_registry

from portal.content.files.public_use import live_pages_with
from portal.content.serving.editions import editions_of

# Functions that check whether a request may get a file without an account, for example with a guest's link to a draft.
# Apps append to this list in `ready`.
access_grants: list[Callable[[HttpRequest, Any], bool]] = []

MAX_PAGES = 20


def may_see(request: HttpRequest, file: Any, now: datetime) -> bool:
    """Whether this user may see a non-public file. Reads the session only if there is one."""
    if any(grants(request, file) for grants in access_grants):
        return True
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return may_use(request.user, file) or _is_admitted(request, file, now)


def may_use(user: Any, file: Any) -> bool:
    if not user.is_active:
        return False
    return policy_registry.get(file).user_has_any_permission_for_instance(user, ["choose", "change", "delete"], file)


def _is_admitted(request: HttpRequest, file: Any, now: datetime) -> bool:
    editions = list(editions_of(request).values())
    for page in live_pages_with(type(file), file.pk, now)[:MAX_PAGES]:
        edition = next((edition for edition in editions if page.path.startswith(edition.home.path)), None)
        if edition is None or edition.is_expired(page.path):
            continue
        if all(rule.accept_request(request) for rule in page.specific_deferred.get_view_restrictions()):
            return True
    return False


def prevent_caching[R: HttpResponseBase](response: R) -> R:
    """Prevent all caches from storing the response."""
    response["Cache-Control"] = "private, no-store"
    return response


def not_found_response(request: HttpRequest) -> HttpResponse:
    """A 404 response for a missing file; no cache may store the response."""
    respond = get_resolver(get_urlconf()).resolve_error_handler(404)
    response = respond(request, exception=Http404())  # type: ignore[call-arg]
    response["Cache-Control"] = "no-store"
    return response
