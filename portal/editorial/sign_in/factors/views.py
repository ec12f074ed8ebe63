"""The pages of second factors that differ from those of django-allauth."""

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView, IndexView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.http import HttpResponse
from django.utils import timezone

from portal.editorial.sign_in.encryption import InvalidToken
from portal.editorial.sign_in.factors.demand import demanded_from, has_factor
from portal.editorial.sign_in.waiting import with_wait


class FactorView(AuthenticateView):
    """The second step of signing in."""

    def form_invalid(self, form: Any) -> HttpResponse:
        return with_wait(super().form_invalid(form), form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        types = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        return context | {"has_passkey": Authenticator.Type.WEBAUTHN in types, "refused": self.form}


class CodeProofView(ReauthenticateView):
    def form_invalid(self, form: Any) -> HttpResponse:
        return with_wait(super().form_invalid(form), form)


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
            unused = len(codes.get_unused_codes()) if codes else 0
        except InvalidToken:
            unused = 0
        day = demanded_from(user)
        return context | {
            "unused_codes": unused,
            "codes": app_settings.RECOVERY_CODE_COUNT,
            "has_factor": has_factor(user),
            "demanded_from": day,
            "is_demanded": day is not None and day <= timezone.localdate(),
        }
