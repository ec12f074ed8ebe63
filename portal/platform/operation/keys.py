"""Signatures and hashes that survive a change of SECRET_KEY: mailed links and suppressed addresses."""

from django.conf import settings
from django.core.signing import Signer
from django.utils.crypto import salted_hmac


def lasting_signer(salt: str, sep: str = ":") -> Signer:
    """A signer with the lasting key. It also accepts signatures made before that key existed."""
    return Signer(
        key=settings.LASTING_KEY,
        salt=salt,
        sep=sep,
        fallback_keys=[settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS],
    )


def fingerprint_of_lasting_key() -> str:
    """A value that distinguishes keys without revealing them."""
    return lasting_hash("fingerprint", "")[:16]


def lasting_hash(salt: str, value: str) -> str:
    """A keyed SHA-256 in hexadecimal."""
    return salted_hmac(salt, value, secret=settings.LASTING_KEY, algorithm="sha256").hexdigest()
