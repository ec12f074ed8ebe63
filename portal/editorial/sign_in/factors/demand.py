"""Who needs a second factor from which day on, and whose browsers may be trusted."""

from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

from portal.editorial.sign_in.rules import rules_for

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
# In the session: the key of the account whose provider has proved a second factor; in the state of a sign-in: whether
# it has.
PROVES_FACTOR = "provider_proves_factor"
# Network administrators need one at once.
ALWAYS = date.min


def has_factor(user: Any) -> bool:
    return is_mfa_enabled(user, FACTORS)


def provider_proved(request: HttpRequest, user: Any) -> bool:
    """Whether a provider has made sure of a second factor when this session began."""
    return request.session.get(PROVES_FACTOR) == user.pk


def demanded_from(user: Any) -> date | None:
    """The day from which this person needs a second factor; None if they need none."""
    if user.is_superuser and not (settings.DEBUG or settings.DEMO):
        return ALWAYS
    return min((rule.demanded_from for rule in rules_for(user) if rule.demanded_from), default=None)


def lacks_factor(user: Any, today: date) -> bool:
    day = demanded_from(user)
    return day is not None and day <= today and not has_factor(user)


def may_trust_browser(user: Any) -> bool:
    return all(rule.may_trust for rule in rules_for(user))
