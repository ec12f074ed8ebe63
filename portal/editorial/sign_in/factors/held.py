"""Lists accounts' second factors, and removes them for an administrator."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _, ngettext

APP, PASSKEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES


def factors_of(accounts: Iterable[Any]) -> Mapping[int, Counter[str]]:
    """The number of factors of each type, by account key."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for account, kind in Authenticator.objects.filter(user__in=accounts).values_list("user", "type"):
        found[account][kind] += 1
    return found


def in_words(factors: Mapping[str, int]) -> str:
    passkeys = factors.get(PASSKEY, 0)
    words = [
        _("app with codes") if factors.get(APP) else "",
        ngettext("%(number)d passkey", "%(number)d passkeys", passkeys) % {"number": passkeys} if passkeys else "",
        _("recovery codes") if factors.get(CODES) else "",
    ]
    return ", ".join(filter(None, words))


def remove_factors(account: Any) -> dict[str, int]:
    """Remove all factors; return the number removed of each type."""
    factors = dict(factors_of([account])[account.pk])
    Authenticator.objects.filter(user=account).delete()
    return factors
