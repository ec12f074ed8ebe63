"""Who may see a file before its embargo ends, and what the others are told."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_resolver, get_urlconf
from wagtail.permissions import policy_registry

# Ways to a withheld file without an account, such as the link that lets somebody outside read a draft: each is asked
# with the request and the file.
passes: list[Callable[[HttpRequest, Any], bool]] = []


def may_see_withheld(request: HttpRequest, file: Any) -> bool:
    """Whether this is somebody of the newsroom that the file belongs to, or has a pass. Reads the session."""
    user = request.user
    policy = policy_registry.get(file)
    if user.is_active and policy.user_has_any_permission_for_instance(user, ["choose", "change", "delete"], file):
        return True
    return any(allows(request, file) for allows in passes)


def keep_to_newsroom[R: HttpResponseBase](response: R) -> R:
    """No cache on the way may keep it, nor give it to the next who asks."""
    response["Cache-Control"] = "private, no-store"
    return response


def not_there(request: HttpRequest) -> HttpResponse:
    """What a file that does not exist would get, and no cache may remember it."""
    respond = get_resolver(get_urlconf()).resolve_error_handler(404)
    response = respond(request, exception=Http404())  # type: ignore[call-arg]
    response["Cache-Control"] = "no-store"
    return response
