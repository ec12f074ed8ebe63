"""Encrypts secrets of factors and providers, so that a copy of the database gives no access to accounts."""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

__all__ = ["InvalidToken", "decrypt", "encrypt"]


def encrypt(text: str) -> str:
    return _cipher(_keys()).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises `InvalidToken` for a secret encrypted with another LASTING_KEY, for example another installation's."""
    return _cipher(_keys()).decrypt(token.encode()).decode()


def _keys() -> tuple[str, ...]:
    return (settings.LASTING_KEY, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    secrets = [salted_hmac("portal.sign_in.encryption", "", secret=key, algorithm="sha256").digest() for key in keys]
    return MultiFernet([Fernet(urlsafe_b64encode(secret)) for secret in secrets])
