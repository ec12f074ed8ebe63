"""Redirects users who lack a required second factor to the page where they add one."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from portal.content.serving.middleware import BEFORE_SIGNING_IN, is_in_newsroom
from portal.editorial.sign_in.factors.demand import lacks_factor, provider_proved

# Paths that work without a required factor.
OPEN = (
    *BEFORE_SIGNING_IN,
    *("/admin/logout/", "/admin/session/", "/admin/account/factors/", "/admin/account/proof/"),
    *("/admin/account/password/", "/admin/account/sessions/", "/admin/jsi18n/", "/admin/sprite"),
)


class SecondFactor:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_in_newsroom(request) and request.session.session_key and not request.path.startswith(OPEN):
            user = request.user
            if (
                user.is_authenticated
                and not provider_proved(request, user)
                and lacks_factor(user, timezone.localdate())
            ):
                return HttpResponseRedirect(reverse("mfa_index"))
        return self.get_response(request)
