"""Signing in, also again without leaving what is being written."""

from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from wagtail.admin.forms.auth import LoginForm
from wagtail.admin.views.account import LoginView

from portal.accounts.names import name_of
from portal.editorial.sign_in.attempts import SignInAttempt, remember_device

MINUTE = 60


class SignInForm(LoginForm):
    """Asks the limits before it looks at the password. `wait` is the number of seconds to wait, after it was refused.

    Wagtail's own names its fields by their attributes, in English.
    """

    wait = 0

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = gettext_lazy("User name")
        self.fields["password"].label = gettext_lazy("Password")

    @cached_property
    def attempt(self) -> SignInAttempt | None:
        username = self.cleaned_data.get("username")
        return SignInAttempt(self.request, username) if self.request and username else None

    def clean(self) -> dict[str, Any]:
        if self.attempt and self.cleaned_data.get("password"):
            self.wait = self.attempt.wait()
        if self.wait:
            raise ValidationError(_wait_text(self.wait), code="rate_limited")
        cleaned = super().clean()
        if self.attempt and self.get_user():
            self.attempt.succeeded()
        return cleaned


def _wait_text(seconds: int) -> str:
    if seconds < MINUTE:
        time = ngettext("%(number)d second", "%(number)d seconds", seconds) % {"number": seconds}
    else:
        minutes = -(-seconds // MINUTE)
        time = ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    return _("There were too many attempts. The next one is possible in %(time)s.") % {"time": time}


class SignInView(LoginView):
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        remember_device(self.request, response, form.get_user())
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return _with_wait(super().form_invalid(form), form)


class SessionView(SignInView):
    """Who is signed in, and the present form token, as JSON; a POST signs in by the same form as the login page.

    The answer has the primary key of the `user`, or null, with their `name` and `username`, and the `token`; that of a
    refused POST has `errors`, and status 400, or 429 if it came too soon.
    """

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._answer()

    def form_valid(self, form: Any) -> HttpResponse:
        super().form_valid(form)
        if not self.request.user.has_perm("wagtailadmin.access_admin"):
            return self._answer(400, errors=[_("This account may not enter the newsroom.")])
        response = self._answer()
        remember_device(self.request, response, form.get_user())
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        errors = [error for field in form.errors.values() for error in field]
        return _with_wait(self._answer(400, errors=errors), form)

    def _answer(self, status: int = 200, **facts: Any) -> JsonResponse:
        user = self.request.user
        is_member = user.has_perm("wagtailadmin.access_admin")
        if is_member:
            facts |= {"user": user.pk, "name": name_of(user), "username": user.get_username()}
        return JsonResponse({"user": None, **facts, "token": get_token(self.request)}, status=status)


def _with_wait(response: HttpResponse, form: SignInForm) -> HttpResponse:
    if form.wait:
        response.status_code = 429
        response["Retry-After"] = str(form.wait)
    return response
