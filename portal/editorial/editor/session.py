"""Signing in, also again without leaving what is being written."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin.forms.auth import LoginForm
from wagtail.admin.views.account import LoginView

from portal.editorial.people import name_of


class SignInForm(LoginForm):
    """Wagtail's own names its fields by their attributes, in English."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = gettext_lazy("User name")
        self.fields["password"].label = gettext_lazy("Password")


class SessionView(LoginView):
    """Who is signed in, and the present form token, as JSON; a POST signs in by the same form as the login page.

    The answer has the primary key of the `user`, or null, with their `name` and `username`, and the `token`; that of a
    refused POST has `errors`, and status 400.
    """

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._answer()

    def form_valid(self, form: Any) -> HttpResponse:
        super().form_valid(form)
        if not self.request.user.has_perm("wagtailadmin.access_admin"):
            return self._answer(400, errors=[_("This account may not enter the newsroom.")])
        return self._answer()

    def form_invalid(self, form: Any) -> HttpResponse:
        errors = [error for field in form.errors.values() for error in field]
        return self._answer(400, errors=errors)

    def _answer(self, status: int = 200, **facts: Any) -> JsonResponse:
        user = self.request.user
        is_member = user.has_perm("wagtailadmin.access_admin")
        if is_member:
            facts |= {"user": user.pk, "name": name_of(user), "username": user.get_username()}
        return JsonResponse({"user": None, **facts, "token": get_token(self.request)}, status=status)
