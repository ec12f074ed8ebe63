"""Decides when each user needs a second factor, and who may trust a browser."""

from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

from portal.editorial.sign_in.rules import rules_for

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
# In a session: the primary key of the account for which a provider proved a second factor. In a sign-in's state:
# whether the provider has proved one.
PROVES_FACTOR = "provider_proves_factor"
# Network administrators need one immediately.
ALWAYS = date.min


def has_factor(user: Any) -> bool:
    return is_mfa_enabled(user, FACTORS)


def provider_proved(request: HttpRequest, user: Any) -> bool:
    """Whether a provider proved a second factor when this session began."""
    return request.session.get(PROVES_FACTOR) == user.pk


def required_from(user: Any) -> date | None:
    """The day from which this user needs a second factor; None if they need none."""
    if user.is_superuser and not (settings.DEBUG or settings.DEMO):
        return ALWAYS
    return min((rule.demanded_from for rule in rules_for(user) if rule.demanded_from), default=None)


def lacks_factor(user: Any, today: date) -> bool:
    day = required_from(user)
    return day is not None and day <= today and not has_factor(user)


def may_trust_browser(user: Any) -> bool:
    return all(rule.may_trust for rule in rules_for(user))
