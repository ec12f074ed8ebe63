"""Second-factor views that differ from django-allauth's."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import reauthentication_required
from allauth.account.mixins import NextRedirectMixin
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView, IndexView, ReauthenticateView
from allauth.mfa.internal.flows.trust import trust_browser
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.generic import TemplateView

from portal.editorial.sign_in.encryption import InvalidToken
from portal.editorial.sign_in.factors.demand import has_factor, may_trust_browser, required_from
from portal.editorial.sign_in.factors.recovery import hash_codes, unused_codes
from portal.editorial.sign_in.waiting import throttled_response


class FactorView(AuthenticateView):
    """The second sign-in step."""

    def form_valid(self, form: Any) -> HttpResponse:
        """After the sign-in, offer to trust this browser. The user may leave that page without answering."""
        response = super().form_valid(form)
        user = self.request.user
        if user.is_authenticated and may_trust_browser(user):
            query = urlencode({REDIRECT_FIELD_NAME: response["Location"]})
            response["Location"] = f"{reverse('mfa_trust')}?{query}"
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return throttled_response(super().form_invalid(form), form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        types = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        return context | {"has_passkey": Authenticator.Type.WEBAUTHN in types}


class TrustView(LoginRequiredMixin, NextRedirectMixin, TemplateView):
    """Trusts a browser whose session began with a second factor."""

    template_name = "mfa/trust.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and not (_used_factor(request) and may_trust_browser(user)):
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._trust(request) if request.POST.get("action") == "trust" else redirect(self.get_success_url())

    @method_decorator(reauthentication_required(app="allauth.mfa"))
    def _trust(self, request: HttpRequest) -> HttpResponse:
        response = redirect(self.get_success_url())
        trust_browser(request, request.user, response)  # type: ignore[arg-type]
        return response

    def get_default_success_url(self) -> str:
        return resolve_url(settings.LOGIN_REDIRECT_URL)


def _used_factor(request: HttpRequest) -> bool:
    return any(each["method"] == "mfa" for each in get_authentication_records(request, request.user))  # type: ignore[arg-type]


class CodesView(ViewRecoveryCodesView):
    """Shows the recovery codes, and only once."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if context["can_view_codes"]:
            hash_codes(self.request.user, context["unused_codes"])
        return context | {"now": timezone.now(), "network": settings.WAGTAIL_SITE_NAME}


class CodeReauthenticateView(ReauthenticateView):
    def form_invalid(self, form: Any) -> HttpResponse:
        return throttled_response(super().form_invalid(form), form)


class RemovePasskeyView(RemoveWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.get_object()):
            form.add_error(None, get_adapter().validation_error("cannot_delete_authenticator"))
            return self.form_invalid(form)
        return super().form_valid(form)


class FactorsView(IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user, codes = self.request.user, context["authenticators"].get(Authenticator.Type.RECOVERY_CODES)
        try:
            unused = unused_codes(codes.instance) if codes else 0
        except InvalidToken:
            unused = 0
        day = required_from(user)
        return context | {
            "unused_codes": unused,
            "codes": app_settings.RECOVERY_CODE_COUNT,
            "has_factor": has_factor(user),
            "required_from": day,
            "is_required": day is not None and day <= timezone.localdate(),
        }
