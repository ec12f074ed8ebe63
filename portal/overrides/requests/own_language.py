"""The newsroom answers in the language of whoever is signed in, also where a view refuses."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Goes when Wagtail's refusals are in the language of the account.

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override

from portal.content.serving.middleware import is_in_newsroom


class OwnLanguage:
    """A middleware: Wagtail speaks that language in its views alone, and its refusal is said after them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        profile = getattr(request.user, "wagtail_userprofile", None) if _is_signed_in(request) else None
        if profile is None:
            return self.get_response(request)
        with override(profile.get_preferred_language()):
            return self.get_response(request)


def _is_signed_in(request: HttpRequest) -> bool:
    """Without a session nobody is asked for, so that what all may keep does not vary by cookies."""
    return is_in_newsroom(request) and bool(request.session.session_key) and request.user.is_authenticated
