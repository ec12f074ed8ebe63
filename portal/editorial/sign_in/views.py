"""Sign-in views, including a dialog that does not leave the page."""

from typing import Any

from allauth.account.stages import LoginStageController
from allauth.account.views import LoginView, PasswordChangeView
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from portal.accounts.names import name_of
from portal.content.serving.editions import edition_of
from portal.editorial.sign_in.attempts import remember_device
from portal.editorial.sign_in.factors.forms import CodeForm
from portal.editorial.sign_in.factors.stages import FactorStage
from portal.editorial.sign_in.forms import SignInForm
from portal.editorial.sign_in.providers.configured import provider_for, providers_at
from portal.editorial.sign_in.waiting import throttled_response


def may_enter(user: Any) -> bool:
    return user.has_perm("wagtailadmin.access_admin")


class SignInView(LoginView):
    form_class = SignInForm
    template_name = "wagtailadmin/login.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Wagtail sends signed-in users without access here, so that they can sign in with another account.
        if may_enter(request.user):
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect an address without a password to its domain's provider, if there is one."""
        address = request.POST.get("username", "")
        site = edition_of(request).site
        if "@" in address and not request.POST.get("password") and (provider := provider_for(address, site)):
            hint = urlencode({"login_hint": address})
            query = urlencode({"next": self.get_success_url(), "auth_params": hint})
            return HttpResponseRedirect(f"{reverse('openid_connect_login', args=[provider.slug])}?{query}")
        return super().post(request, *args, **kwargs)

    def get_default_success_url(self) -> str:
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def form_invalid(self, form: Any) -> HttpResponse:
        return throttled_response(super().form_invalid(form), form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = {"next": self.get_success_url(), "providers": providers_at(edition_of(self.request).site)}
        return super().get_context_data(**kwargs) | facts


class ChangePasswordView(PasswordChangeView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and not user.has_usable_password():
            # The account belongs to a provider.
            return redirect("wagtailadmin_account")
        return super().dispatch(request, *args, **kwargs)


class SessionView(View):
    """The signed-in user and the current CSRF token as JSON. A POST signs in with the form of the login page.

    The response has the `user`'s primary key (null without one), `name`, `username` and the `token`. The response to a
    refused POST has `errors` and status 400, or 429 during a delay. If a second factor is needed after the password, it
    has a `step`: “code”, to be followed by a POST with a `code`, or “elsewhere”.
    """

    @method_decorator(sensitive_post_parameters())
    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(*args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._answer()

    def post(self, request: HttpRequest) -> HttpResponse:
        stage = LoginStageController.enter(request, FactorStage.key) if "code" in request.POST else None
        form: CodeForm | SignInForm
        form = CodeForm(request.POST, user=stage.login.user) if stage else SignInForm(request.POST, request=request)
        if not form.is_valid():
            errors = [error for field in form.errors.values() for error in field]
            return throttled_response(self._answer(400, errors=errors, **({"step": "code"} if stage else {})), form)
        if stage:
            form.save()
            stage.exit()
        else:
            form.login(request)
        if pending := LoginStageController.enter(request, FactorStage.key):
            return self._next_step(pending.login.user)
        if not may_enter(request.user):
            return self._answer(400, errors=[_("This account has no access to the newsroom.")])
        response = self._answer()
        remember_device(request, response, request.user)
        return response

    def _next_step(self, user: Any) -> HttpResponse:
        if is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            return self._answer(400, step="code", errors=[_("Enter the code of your second factor.")])
        errors = [_("Sign in with your passkey in another tab, then come back to this one.")]
        return self._answer(400, step="elsewhere", errors=errors)

    def _answer(self, status: int = 200, **facts: Any) -> JsonResponse:
        user = self.request.user
        if may_enter(user):
            facts |= {"user": user.pk, "name": name_of(user), "username": user.get_username()}
        return JsonResponse({"user": None, **facts, "token": get_token(self.request)}, status=status)
