"""The newsroom's adapter for django-allauth's sign-in."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm

from portal.content.readers.sources import UNKNOWN, source_of
from portal.editorial.sign_in.attempts import SignInAttempt, is_known_device, remember_device
from portal.editorial.sign_in.factors.demand import PROVES_FACTOR
from portal.editorial.sign_in.mails import NEW_BROWSER, tell_of_guesses, tell_owner
from portal.editorial.sign_in.providers.configured import owners_of
from portal.editorial.sign_in.sessions.tracking import session_began
from portal.editorial.sign_in.waiting import too_soon

PROOFS = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use a code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


def has_signed_in_lately(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT


class SignInAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": LoginForm.error_messages["invalid_login"]
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Check the limits before the password."""
        attempt = SignInAttempt(request, credentials["username"])
        if seconds := attempt.wait():
            tell_of_guesses(credentials["username"], request)
            raise too_soon(seconds)
        user = authenticate(request, **credentials)
        if user:
            attempt.succeeded()
        return user

    def get_login_stages(self) -> list[str]:
        return ["portal.editorial.sign_in.factors.stages.FactorStage"]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Count a sign-in within the last minutes as a reauthentication."""
        required = super().is_reauthentication_required(app=app, **kwargs)
        return required and not has_signed_in_lately(self.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to reauthenticate. For a provider's account, this is signing in there again."""
        ways = [{**way, "description": PROOFS[way["id"]]} for way in super().get_reauthentication_methods(user)]
        for provider in owners_of(user):
            url = reverse("sign_in_again", args=[provider.slug])
            text = gettext("Sign in with %(name)s") % {"name": provider.name}
            ways.append({"id": "provider", "description": text, "url": url})
        return ways

    def pre_login(self, request: HttpRequest, user: Any, **facts: Any) -> HttpResponse | None:
        sociallogin = (facts["signal_kwargs"] or {}).get("sociallogin")
        if sociallogin and sociallogin.state.get(PROVES_FACTOR):
            request.session[PROVES_FACTOR] = user.pk
        return super().pre_login(request, user, **facts)

    def post_login(self, request: HttpRequest, user: Any, **facts: Any) -> HttpResponse:
        response = super().post_login(request, user, **facts)
        if not is_known_device(request, user):
            tell_owner(user, NEW_BROWSER, request)
        remember_device(request, response, user)
        session_began(request, user)
        return response

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        tell_owner(user, template_prefix, self.request)

    def is_safe_url(self, url: str | None) -> bool:
        """Allow only this host, because other people write the pages of other hosts in ALLOWED_HOSTS."""
        request = self.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def get_client_ip(self, request: HttpRequest) -> str:
        source = source_of(request)
        return "0.0.0.0" if source == UNKNOWN else source.partition("/")[0]  # noqa: S104 - no address to listen at
