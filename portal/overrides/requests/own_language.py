"""Activates the account's language for the whole request, so that error messages are in that language, too."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's error messages are in the language of the
# account.

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override

from portal.content.serving.middleware import is_in_newsroom


class OwnLanguage:
    """Middleware. Wagtail activates the language only within its views, but adds error messages after them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        profile = getattr(request.user, "wagtail_userprofile", None) if _is_signed_in(request) else None
        if profile is None:
            return self.get_response(request)
        with override(profile.get_preferred_language()):
            return self.get_response(request)


def _is_signed_in(request: HttpRequest) -> bool:
    """Whether the session has a user.

    It reads nothing without a session: cacheable responses must not vary by cookies.
    """
    return is_in_newsroom(request) and bool(request.session.session_key) and request.user.is_authenticated
