"""Access to files under embargo, and the responses for them."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_resolver, get_urlconf
from wagtail.permissions import policy_registry

# Predicates of request and file that grant access without an account, such as by a guest's link to a draft; an app's
# `ready` appends to them.
access_grants: list[Callable[[HttpRequest, Any], bool]] = []


def may_see_embargoed(request: HttpRequest, file: Any) -> bool:
    """Whether the user belongs to the newsroom of the file or has another grant. Reads the session."""
    user = request.user
    policy = policy_registry.get(file)
    if user.is_active and policy.user_has_any_permission_for_instance(user, ["choose", "change", "delete"], file):
        return True
    return any(grants(request, file) for grants in access_grants)


def prevent_caching[R: HttpResponseBase](response: R) -> R:
    """Forbid shared and private caches to store a response."""
    response["Cache-Control"] = "private, no-store"
    return response


def not_found_response(request: HttpRequest) -> HttpResponse:
    """The response for a file that does not exist, which no cache may store."""
    respond = get_resolver(get_urlconf()).resolve_error_handler(404)
    response = respond(request, exception=Http404())  # type: ignore[call-arg]
    response["Cache-Control"] = "no-store"
    return response
