"""Second-factor forms. They have the same limits as passwords, and each code is valid once."""

import time
from typing import Any

from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as keys
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.editorial.sign_in.attempts import SignInAttempt
from portal.editorial.sign_in.encryption import InvalidToken
from portal.editorial.sign_in.factors.recovery import use_code
from portal.editorial.sign_in.mails import tell_of_guesses
from portal.editorial.sign_in.waiting import too_soon

OTHER_KEY = _(
    "Your factors were encrypted with a key that this installation no longer has. An administrator can remove them."
)


def _admitted(user: Any, step: str) -> SignInAttempt:
    attempt = SignInAttempt(context.request, user.get_username(), step)
    if seconds := attempt.wait():
        tell_of_guesses(user.get_username(), context.request)
        raise too_soon(seconds)
    return attempt


class LimitedCode(codes.BaseAuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autofocus": True}
        self.fields["code"].widget.attrs.pop("placeholder", None)

    def clean_code(self) -> str:
        attempt = _admitted(self.user, "code")
        code: str = self.cleaned_data["code"]
        self.authenticator = use_code(self.user, code)
        if self.authenticator is None:
            try:
                super().clean_code()
            except InvalidToken as error:
                raise forms.ValidationError(OTHER_KEY) from error
            _use_once(self.authenticator, code)
        attempt.succeeded()
        return code


class CodeForm(LimitedCode, codes.AuthenticateForm):
    pass


class CodeProofForm(LimitedCode, codes.ReauthenticateForm):
    pass


@transaction.atomic
def _use_once(authenticator: Authenticator, code: str) -> None:
    """Reject a used code, even if workers share no cache."""
    if authenticator.type != Authenticator.Type.TOTP:
        return
    known = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    now, valid = int(time.time()), app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    digits = "".join(filter(str.isdigit, code))
    used = {number: at for number, at in known.data.get("used", {}).items() if now - at < valid}
    if digits in used:
        raise get_adapter().validation_error("incorrect_code")
    known.data["used"] = {**used, digits: now}
    known.save(update_fields=["data"])


class StrictKey(keys.AuthenticateWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except (AttributeError, KeyError, TypeError, ValueError):
            # django-allauth expects a credential in the format browsers send.
            raise get_adapter().validation_error("incorrect_code") from None


class PasskeySignInForm(StrictKey, keys.LoginWebAuthnForm):
    pass


class LimitedKey(StrictKey):
    def clean_credential(self) -> Authenticator:
        attempt = _admitted(self.user, "passkey")
        authenticator = super().clean_credential()
        attempt.succeeded()
        return authenticator


class KeyProofForm(LimitedKey, keys.ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(keys.AddWebAuthnForm):
    name = forms.CharField(label=_("Name"), required=False)
    passwordless = forms.BooleanField(
        label=_("Sign in with the passkey alone, without the password"),
        required=False,
        initial=True,
        help_text=_("Your device then asks for your fingerprint, your face or its own code."),
    )
    field_order = ("name", "passwordless")
